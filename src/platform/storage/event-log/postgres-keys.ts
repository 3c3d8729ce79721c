import type { Database } from '../../engines/postgres/database.ts'
import { hashOfKey } from './key-hash.ts'

/**
 * Condition for the events of a `KeyRange`, from the sixth parameter on: field, categories, types, part, and number of
 * parts. Archived events, whose data are elsewhere, and those that have to be upcast first pass it, and so do those of newer
 * versions, whose key may be in another field: types that are not upcast are declared in version 1. The planner estimates a
 * CASE at one half, which is right for two parts: of a comparison, it would expect so few rows that it would rather sort
 * the whole log than read it in the order of positions.
 */
export const keyIsAmong = `
  AND CASE WHEN archive IS NOT NULL OR type = ANY ($8::text[])
                OR ($6::text IS NOT NULL AND metadata ->> 'schemaVersion' <> '1') THEN true
      ELSE ((hashtext(coalesce(
               CASE WHEN split_part(stream, '-', 1) = ANY ($7::text[]) THEN NULL ELSE data ->> $6::text END,
               substr(stream, strpos(stream, '-') + 1)
             ) COLLATE "C")::bigint & 4294967295) * $10::bigint) >> 32 = $9::bigint END`

/** Keys of all lengths that matter, and one that is no ASCII. */
const probes = [
  '',
  'ä✓',
  ...Array.from({ length: 41 }, (_, nth) => 'key-0123456789abc'.repeat(3).slice(0, nth)),
]

/**
 * Returns a function that says whether the database hashes keys as Agora does, which PostgreSQL does not promise: where it
 * does not, the log is read without a selection.
 */
export const keySelection = (database: Pick<Database, 'query'>): (() => Promise<boolean>) => {
  let found: Promise<boolean> | undefined
  const compare = async (): Promise<boolean> => {
    const rows = await database.query<{ hash: bigint }>({
      text: `SELECT hashtext(key COLLATE "C")::bigint & 4294967295 AS hash
             FROM unnest($1::text[]) WITH ORDINALITY AS a(key, nth) ORDER BY nth`,
      values: [probes],
    })
    return rows.every(({ hash }, nth) => hash === BigInt(hashOfKey(probes[nth]!)))
  }
  return () => {
    if (found) return found
    const asked = compare()
    found = asked
    // An outage says nothing.
    asked.catch(() => (found = undefined))
    return asked
  }
}
