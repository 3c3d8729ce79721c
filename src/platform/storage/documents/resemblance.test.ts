import { afterAll, beforeAll, expect, test } from 'vitest'
import { folded } from '#kernel'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { resemblance } from './resemblance.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const letters = 'aabdeX 1.-'
/** A text of these letters for each number. */
const textOf = (seed: number, length: number) =>
  Array.from(
    { length },
    (_, at) => letters[Math.abs(Math.imul(seed + 1, 2_654_435_761 + at * 40_503) >> 7) % 10],
  ).join('')

test('texts resemble each other as much as PostgreSQL finds', async () => {
  const pairs = [
    ['lovelase', 'ada.lovelace'],
    ['ada', 'Ada King, Countess of Lovelace'],
    ['ada lovelace', 'lovelace'],
    ['', 'ada'],
    ['EMILIE', 'emilie du chatelet'],
    ...Array.from({ length: 300 }, (_, seed) => [
      textOf(seed, 1 + (seed % 8)),
      textOf(seed * 7 + 3, seed % 17),
    ]),
  ] as const
  const rows = await database.database.query<{ value: number }>({
    text: `SELECT public.strict_word_similarity(a, b)::float8 AS value
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS pair(a, b, place) ORDER BY place`,
    values: [pairs.map(([a]) => a), pairs.map(([, b]) => b)],
  })
  const differing = pairs.flatMap(([a = '', b = ''], at) => {
    const [ours, theirs] = [resemblance(folded(a), folded(b)), rows[at]!.value]
    return Math.abs(ours - theirs) < 1e-6 ? [] : [{ a, b, ours, theirs }]
  })
  expect(differing).toEqual([])
})
