import type { Database, Row } from '../../engines/postgres/database.ts'
import type { ArchiveReader } from '../archives/port.ts'
import { eachArchived } from './archived-content.ts'
import type { TextPage } from './text-page.ts'

/** Limit of the JSON in a page, in bytes; a single larger event is a page by itself. */
const mostBytes = 16 * 1024 * 1024

type Lines = Pick<TextPage, 'data' | 'metadata' | 'original'>

/** Lines of a page with the content of archived events, in place of what their rows have. */
const withArchived = async (
  { data, metadata, original }: Lines,
  places: readonly { readonly position: bigint; readonly archive: number | null }[],
  archives: ArchiveReader | undefined,
): Promise<Lines> => {
  if (places.every(({ archive }) => archive === null)) return { data, metadata, original }
  const lines = [data.split('\n'), metadata.split('\n'), original.split('\n')] as const
  await eachArchived(places, archives, (index, texts) => {
    lines[0][index] = texts.data
    lines[1][index] = texts.metadata
    lines[2][index] = texts.original
  })
  return {
    data: lines[0].join('\n'),
    metadata: lines[1].join('\n'),
    original: lines[2].join('\n'),
  }
}

/**
 * Reads events after a position as JSON text, so that they can be copied to another PostgreSQL without parsing.
 * @param after position before the first event; 0n for all
 * @param last position of the last event
 * @param most limit of events
 * @param archives has the content of archived events; without it, reading one is an error
 * @returns undefined without events
 */
export const readTexts = async (
  database: Pick<Database, 'query'>,
  { after, last, most }: { readonly after: bigint; readonly last: bigint; readonly most: number },
  archives?: ArchiveReader,
): Promise<TextPage | undefined> => {
  const [row] = await database.query<
    Row & { heads: string | null; data: string; metadata: string; original: string }
  >({
    name: 'read-texts',
    text: `WITH page AS (
             SELECT position, stream, revision, event_id, type, at::text AS at, data::text AS data,
                    metadata::text AS metadata, coalesce(original::text, '') AS original, archive
             FROM agora.events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3
           ), sized AS (
             SELECT *, coalesce(sum(length(data) + length(metadata) + length(original)) OVER (
                         ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
             FROM page
           )
           SELECT json_agg(json_build_array(position, stream, revision, event_id, type, at, archive) ORDER BY position)::text AS heads,
                  string_agg(data, E'\\n' ORDER BY position) AS data,
                  string_agg(metadata, E'\\n' ORDER BY position) AS metadata,
                  string_agg(original, E'\\n' ORDER BY position) AS original
           FROM sized WHERE before < $4`,
    values: [after, last, most, mostBytes],
  })
  if (!row || row.heads === null) return undefined
  const heads = JSON.parse(row.heads) as readonly [
    number,
    string,
    number,
    string,
    string,
    string,
    number | null,
  ][]
  const page = await withArchived(
    row,
    heads.map(([position, , , , , , archive]) => ({ position: BigInt(position), archive })),
    archives,
  )
  return {
    ...page,
    heads: heads.map(([position, stream, revision, eventId, type, at]) => ({
      position: BigInt(position),
      stream,
      revision,
      eventId,
      type,
      at,
    })),
  }
}
