import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { bytesMatch, matches, valuesOf } from './tells-in-sql.ts'
import { matchesPerson } from './matches-person.ts'

const zoe = {
  person: 'p-1',
  addresses: ['Zoë@Example.org', 'a+(b)@x.io'],
  texts: ['Zoë', '100%_\\'],
}

const texts = [
  'no mail for zoë@example.ORG today',
  'no mail for zoe@example.org today',
  'azoë@example.org',
  'zoë@example.org.uk',
  'for zoë@example.org.',
  '"\\nzoë@example.org"',
  'to: <A+(b)@x.io>',
  'to: aa(b)@x.io',
  'Zoë is a lamp',
  'p-1 has come',
  'p-1 is zoë',
  '{"id":"p-1","name":"Zoë","of":"100%"}',
  'p-1 gives 100%_\\ of it',
  'p-1 gives 100 of it',
  '',
]

test('the condition in SQL matches the same texts and bytes as matchesPerson', async () => {
  await using fresh = await freshDatabase()
  const wanted = texts.map(matchesPerson(zoe))
  expect(new Set(wanted)).toEqual(new Set([true, false]))
  const [inTexts, inBytes] = await Promise.all(
    [matches('one'), bytesMatch("convert_to(one, 'UTF8')")].map(async (found) => {
      const rows = await fresh.database.query<{ found: boolean }>({
        text: `SELECT ${found} AS found FROM unnest($4::text[]) WITH ORDINALITY AS t(one, nth) ORDER BY nth`,
        values: [...valuesOf(zoe), texts],
      })
      return rows.map((row) => row.found)
    }),
  )
  expect(inTexts).toEqual(wanted)
  expect(inBytes).toEqual(wanted)
})
