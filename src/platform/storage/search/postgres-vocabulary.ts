import pg from 'pg'
import type { AnyProjection } from '#kernel'
import type { Session } from '../../engines/postgres/database.ts'
import type { Batch, Generation } from '../documents/port.ts'
import { wordsColumnsOf } from '../documents/postgres-computed.ts'
import {
  tableOf,
  variantsIndexOf,
  vocabularyOf,
  wordsColumnOf,
} from '../documents/postgres-names.ts'
import { storable } from '../documents/json.ts'

/** Code points of a word that its variants are made of: one of 10 code points has up to 56. */
const lettersOfVariants = 10

/**
 * Shortest word, in code points, that has variants with two deletions. A query's word of 8 letters or more that finds a
 * shorter one has a letter more than it: one typo at most is left that deletes a letter of the shorter one.
 */
const shortestOfTwo = 8

/** SQL of all words of a row, those of all searched fields. */
export const allWordsSql = (search: NonNullable<AnyProjection['search']>): string => {
  const columns = search.fields.map((field) => pg.escapeIdentifier(wordsColumnOf(field)))
  return `(${columns.join(' || ')})`
}

/** SQL of a row's words as an array, as it is indexed. */
export const wordArraySql = (search: NonNullable<AnyProjection['search']>): string =>
  `string_to_array(${allWordsSql(search)}, ' ')`

/**
 * Variants of the beginning of a word with up to so many code points deleted. Two words that differ by at most so many
 * typos have a variant in common (the symmetric deletion of SymSpell).
 */
export const variantsOf = (word: string, typos: number): readonly string[] => {
  let last = new Set([Array.from(word).slice(0, lettersOfVariants).join('')])
  const variants = new Set(last)
  for (let deleted = 1; deleted <= typos; deleted += 1) {
    last = new Set(
      [...last].flatMap((text) => {
        const letters = Array.from(text)
        return letters.map((_, at) => letters.toSpliced(at, 1).join(''))
      }),
    )
    for (const variant of last) variants.add(variant)
  }
  return [...variants]
}

/** SQL of the hashes of the variants of a word, as `variantsOf` makes them: with two deletions only where they are needed. */
const variantsSql = (word: string): string => {
  const start = `left(${word}, ${lettersOfVariants})`
  const places = `generate_series(1, length(${start}))`
  const without = (text: string, place: string) => `overlay(${text} placing '' from ${place} for 1)`
  return `(SELECT array_agg(DISTINCT hashtext(variant)) FROM (
    SELECT ${start} AS variant
    UNION ALL SELECT ${without(start, 'i')} FROM ${places} AS i
    UNION ALL SELECT ${without(without(start, 'j'), 'i')}
      FROM ${places} AS i, ${places} AS j WHERE i < j AND length(${word}) >= ${shortestOfTwo}
  ) AS variants)`
}

const isThere = async (session: Session, table: string): Promise<boolean> => {
  const [found] = await session.query<{ has: boolean }>({
    text: 'SELECT to_regclass($1) IS NOT NULL AS has',
    values: [table],
  })
  return found?.has ?? false
}

/**
 * Creates the vocabulary of a generation: its distinct words, the number of documents that contain each, and hashes of
 * the variants by which words with typos are found. Words of the documents that are there are counted.
 * @param options.isEmpty whether there are no documents yet
 * @param options.isNew whether the columns of words were only just filled: what was counted before is counted again
 */
export const createVocabulary = async (
  session: Session,
  generation: Generation,
  { isEmpty, isNew }: { readonly isEmpty: boolean; readonly isNew: boolean },
): Promise<void> => {
  const { search } = generation.projection
  const vocabulary = vocabularyOf(generation)
  const has = await isThere(session, vocabulary)
  if (!search || (has && !isNew)) return
  if (has) await session.query(`TRUNCATE ${vocabulary}`)
  else
    await session.query(
      `CREATE TABLE ${vocabulary} (word text COLLATE "C" PRIMARY KEY, uses integer NOT NULL, variants integer[] NOT NULL)
        WITH (fillfactor = 80)`,
    )
  if (isEmpty) return
  // Those that write documents wait, or theirs would not be counted.
  await session.query(`LOCK TABLE ${tableOf(generation)} IN SHARE ROW EXCLUSIVE MODE`)
  await session.query(
    `INSERT INTO ${vocabulary} (word, uses, variants)
      SELECT word, uses, ${variantsSql('word')} FROM (
        SELECT word, count(DISTINCT key)::integer AS uses
        FROM ${tableOf(generation)}, unnest(${wordArraySql(search)}) AS word
        WHERE word <> '' GROUP BY word
      ) AS counted`,
  )
}

/**
 * Completes the vocabulary of a generation that is about to answer queries: an index of what is there takes a fraction of
 * the time of one that grows with each batch. Does nothing when it is there; one by another version may have no vocabulary.
 */
export const completeVocabulary = async (
  session: Session,
  generation: Generation,
): Promise<void> => {
  const vocabulary = vocabularyOf(generation)
  if (!(await isThere(session, vocabulary))) return
  // A short list of pending entries: each search reads all of it.
  await session.query(
    `CREATE INDEX IF NOT EXISTS ${variantsIndexOf(generation)} ON ${vocabulary}
      USING gin (variants) WITH (gin_pending_list_limit = 256)`,
  )
  await session.query(`ANALYZE ${vocabulary}`)
}

/** The words of documents, with the number of those that contain each. */
const countsOf = (
  projection: AnyProjection,
  documents: Iterable<unknown>,
): ReadonlyMap<string, number> => {
  const columns = wordsColumnsOf(projection)
  const counts = new Map<string, number>()
  for (const document of documents) {
    const texts = columns.map(({ valueIn }) => valueIn(document) ?? '')
    for (const word of new Set(texts.join('').split(' ')))
      if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

/**
 * Counts the words of one batch in the vocabulary, in the parts of a WITH clause. Words that no document contains any more
 * are deleted: they may be someone's name. A batch that changes no word changes no row.
 * @param place adds a value and returns its placeholder
 * @param nth tells the parts of several batches apart
 * @param condition that must hold for anything to be written
 */
export const vocabularyParts = (
  generation: Generation,
  { upserts, deletes }: Batch,
  place: (value: unknown, type: string) => string,
  nth: number,
  condition: string,
): readonly string[] => {
  const { projection } = generation
  if (!projection.search || upserts.size + deletes.length === 0) return []
  const vocabulary = vocabularyOf(generation)
  const counts = countsOf(projection, upserts.values())
  const keys = place([...upserts.keys(), ...deletes].map(storable), 'text[]')
  const written = `unnest(${place([...counts.keys()], 'text[]')}, ${place([...counts.values()], 'integer[]')})`
  const changes = `changes${nth}`
  return [
    `${changes} AS MATERIALIZED (
      SELECT word COLLATE "C" AS word, sum(n)::integer AS n FROM (
        SELECT word, n FROM ${written} AS written(word, n)
        UNION ALL
        SELECT word, -1 FROM ${tableOf(generation)} AS document,
          LATERAL (SELECT DISTINCT unnest(${wordArraySql(projection.search)}) AS word) AS old
        WHERE document.key = ANY (${keys}) AND word <> ''
      ) AS counted GROUP BY 1 HAVING sum(n) <> 0
    )`,
    `counted${nth} AS (
      UPDATE ${vocabulary} AS known SET uses = known.uses + ${changes}.n FROM ${changes}
      WHERE known.word = ${changes}.word AND known.uses + ${changes}.n > 0 AND ${condition}
    )`,
    `forgotten${nth} AS (
      DELETE FROM ${vocabulary} AS known USING ${changes}
      WHERE known.word = ${changes}.word AND known.uses + ${changes}.n <= 0 AND ${condition}
    )`,
    `learned${nth} AS (
      INSERT INTO ${vocabulary} AS known (word, uses, variants)
      SELECT word, n, ${variantsSql('word')} FROM ${changes}
      WHERE n > 0 AND ${condition}
        AND NOT EXISTS (SELECT FROM ${vocabulary} AS there WHERE there.word = ${changes}.word)
      ON CONFLICT (word) DO UPDATE SET uses = known.uses + excluded.uses
    )`,
  ]
}
