import type { Database, Row } from '../../engines/postgres/database.ts'
import type { TextPage } from './text-page.ts'

/** One page holds at most so many bytes of JSON, unless one event alone is larger. */
const mostBytes = 16 * 1024 * 1024

/**
 * Reads events behind a position as text: moved so from one PostgreSQL to another, they need not be parsed.
 * @param after the events behind this position; 0n for all
 * @param last the position of the last one wanted
 * @param most so many events at the most
 * @returns undefined when there are none
 */
export const readTexts = async (
  database: Pick<Database, 'query'>,
  { after, last, most }: { readonly after: bigint; readonly last: bigint; readonly most: number },
): Promise<TextPage | undefined> => {
  const [row] = await database.query<
    Row & { heads: string | null; data: string; metadata: string; original: string }
  >({
    name: 'read-texts',
    text: `WITH page AS (
             SELECT position, stream, revision, event_id, type, at::text AS at, data::text AS data,
                    metadata::text AS metadata, coalesce(original::text, '') AS original
             FROM agora.events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3
           ), sized AS (
             SELECT *, coalesce(sum(length(data) + length(metadata) + length(original)) OVER (
                         ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
             FROM page
           )
           SELECT json_agg(json_build_array(position, stream, revision, event_id, type, at) ORDER BY position)::text AS heads,
                  string_agg(data, E'\\n' ORDER BY position) AS data,
                  string_agg(metadata, E'\\n' ORDER BY position) AS metadata,
                  string_agg(original, E'\\n' ORDER BY position) AS original
           FROM sized WHERE before < $4`,
    values: [after, last, most, mostBytes],
  })
  if (!row || row.heads === null) return undefined
  const heads = JSON.parse(row.heads) as readonly [number, string, number, string, string, string][]
  return {
    heads: heads.map(([position, stream, revision, eventId, type, at]) => ({
      position: BigInt(position),
      stream,
      revision,
      eventId,
      type,
      at,
    })),
    data: row.data,
    metadata: row.metadata,
    original: row.original,
  }
}
