import type { RecordedEvent } from '#kernel'
import type { Database } from '../../engines/postgres/database.ts'
import { asyncCommit } from '../../engines/postgres/async-commit.ts'
import type { Head, TextPage } from './text-page.ts'

/** Limit of the events in a statement, in bytes by `sizeOf`; a single larger event is sent by itself. */
const mostBytes = 24 * 1024 * 1024

/** An event with its JSON texts. */
type Line = {
  readonly event: RecordedEvent
  readonly data: string
  readonly metadata: string
  readonly original: string
}

const lineOf = (event: RecordedEvent): Line => ({
  event,
  data: JSON.stringify(event.data ?? null),
  metadata: JSON.stringify(event.metadata),
  original: event.original ? JSON.stringify(event.original) : '',
})

/** Upper bound of the size of a line in UTF-8, in bytes; quicker than counting them. */
const sizeOf = ({ data, metadata, original }: Line): number =>
  3 * (data.length + metadata.length) + original.length

/** Divides events into pages, one for each statement. */
const pagesOf = (events: readonly RecordedEvent[]): readonly TextPage[] => {
  const pages: Line[][] = []
  let bytes = 0
  for (const event of events) {
    const line = lineOf(event)
    const size = sizeOf(line)
    const page = pages.at(-1)
    const fits = page !== undefined && bytes + size <= mostBytes
    if (fits) page.push(line)
    else pages.push([line])
    bytes = fits ? bytes + size : size
  }
  return pages.map((page) => ({
    heads: page.map(({ event }) => event),
    data: page.map(({ data }) => data).join('\n'),
    metadata: page.map(({ metadata }) => metadata).join('\n'),
    original: page.map(({ original }) => original).join('\n'),
  }))
}

/** The revision that each stream must have for these events to follow; undefined if the events do not follow each other. */
const standsOf = (heads: readonly Head[]): ReadonlyMap<string, number> | undefined => {
  const stands = new Map<string, number>()
  const reached = new Map<string, number>()
  for (const { stream, revision } of heads) {
    const current = reached.get(stream)
    if (current === undefined) stands.set(stream, revision - 1)
    else if (revision !== current + 1) return undefined
    reached.set(stream, revision)
  }
  return stands
}

/** Writes copies of events into a log. */
export type CopyInto = {
  /**
   * Records events after a position, which must be the head of the log. Returns the new head; undefined, with nothing of the
   * batch recorded, if the head or the revision of a stream differs. The events survive the death of this process; a crash of
   * PostgreSQL may lose the last of them until `settle`.
   */
  readonly recordInOrder: (
    events: readonly RecordedEvent[],
    after: bigint,
  ) => Promise<bigint | undefined>
  /** The same for a page of JSON texts as read from another PostgreSQL. */
  readonly recordTexts: (page: TextPage, after: bigint) => Promise<bigint | undefined>
  /** Resolves when all recorded events are on disk. */
  readonly settle: () => Promise<void>
}

/**
 * Records copies of events of several streams in exactly the given order, which appends that share a commit do not guarantee.
 * Each event keeps its id, its revision and its time.
 * @param database of the log
 */
export const copyInto = (database: Pick<Database, 'query'>): CopyInto => {
  const recordTexts: CopyInto['recordTexts'] = async (page, after) => {
    const { heads } = page
    const stands = standsOf(heads)
    if (!stands) return undefined
    const [recorded] = await database.query<{ position: bigint }>({
      name: 'record-in-order',
      // A call that waited for the lock of the head while another recorded finds another position, and records nothing.
      text: `WITH turn AS (
               UPDATE agora.head SET position = position + $4
               WHERE position = $1 AND NOT EXISTS (
                 SELECT FROM unnest($2::text[], $3::integer[]) AS s(stream, revision)
                 WHERE s.revision <> coalesce((SELECT e.revision FROM agora.events e WHERE e.stream = s.stream
                                               ORDER BY e.revision DESC LIMIT 1), -1))
               RETURNING position, listeners
             ), recorded AS (
               INSERT INTO agora.events (position, stream, revision, event_id, type, data, metadata, original, at)
               SELECT $1 + e.nth, e.stream, e.revision, e.id, e.type, e.data::jsonb, e.metadata::jsonb,
                      nullif(e.original, '')::jsonb, e.at::timestamptz
               FROM turn, ROWS FROM (
                 unnest($5::text[], $6::integer[], $7::uuid[], $8::text[]), string_to_table($9, E'\\n'),
                 string_to_table($10, E'\\n'), string_to_table($11, E'\\n'), string_to_table($12, E'\\n')
               ) WITH ORDINALITY AS e(stream, revision, id, type, data, metadata, original, at, nth)
             )
             SELECT position, ${asyncCommit},
                    CASE WHEN listeners <> '{}' THEN pg_notify('agora_events', position::text) END
             FROM turn`,
      values: [
        after,
        [...stands.keys()],
        [...stands.values()],
        heads.length,
        heads.map(({ stream }) => stream),
        `{${heads.map(({ revision }) => revision).join(',')}}`,
        `{${heads.map(({ eventId }) => eventId).join(',')}}`,
        heads.map(({ type }) => type),
        page.data,
        page.metadata,
        page.original,
        heads.map(({ at }) => at).join('\n'),
      ],
    })
    return recorded?.position
  }

  return {
    recordInOrder: async (events, after) => {
      let position: bigint | undefined = after
      for (const page of pagesOf(events)) {
        position = await recordTexts(page, position)
        if (position === undefined) return undefined
      }
      return position
    },
    recordTexts,
    // PostgreSQL writes its WAL in order: a commit that waits for the disk makes all earlier commits durable.
    settle: async () => {
      await database.query('UPDATE agora.head SET position = position')
    },
  }
}
