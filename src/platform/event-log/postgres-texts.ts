import { idOf, type Metadata, type Original, type RecordedEvent } from '#kernel'
import { isoOf, type Database, type Row } from '../postgres/database.ts'

/** One page holds at most so many bytes of JSON, unless one event alone is larger. */
const mostBytes = 16 * 1024 * 1024

/** What of an event is not JSON. `at` is a text that PostgreSQL reads. */
export type Head = {
  readonly position: bigint
  readonly stream: string
  readonly revision: number
  readonly eventId: string
  readonly type: string
  readonly at: string
}

/** Neighbours in a log, with their JSON as text, one line an event: JSON without blanks has no line feed, jsonb neither. */
export type TextPage = {
  /** One an event, in order; not empty. */
  readonly heads: readonly Head[]
  readonly data: string
  readonly metadata: string
  /** Lines without text for events without an original. */
  readonly original: string
}

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

/** Values of JSON, one a line. */
const valuesOf = (lines: string): readonly unknown[] =>
  JSON.parse(`[${lines.replaceAll('\n', ',')}]`) as readonly unknown[]

/** The events of a page, parsed. */
export const eventsOfTexts = (page: TextPage): readonly RecordedEvent[] => {
  const data = valuesOf(page.data)
  const metadata = valuesOf(page.metadata) as readonly Metadata[]
  const hasOriginals = page.original.length >= page.heads.length
  const originals = hasOriginals ? page.original.split('\n') : []
  return page.heads.map(({ at, ...head }, index) => {
    const original = originals[index]
    return {
      ...head,
      id: idOf(head.stream),
      at: isoOf(at),
      data: data[index],
      metadata: metadata[index]!,
      ...(original && { original: JSON.parse(original) as Original }),
    }
  })
}

/**
 * Whether two pages that were read hold the same events, wherever those are in their logs. PostgreSQL writes a value of
 * jsonb that it was given as its own text in the same way again, so copies have equal texts.
 */
export const areSameTexts = (one: TextPage, other: TextPage): boolean =>
  one.heads.length === other.heads.length &&
  one.data === other.data &&
  one.metadata === other.metadata &&
  one.original === other.original &&
  one.heads.every((head, index) => {
    const there = other.heads[index]!
    return (
      head.eventId === there.eventId &&
      head.stream === there.stream &&
      head.revision === there.revision &&
      head.type === there.type &&
      head.at === there.at
    )
  })
