import { randomUUID } from 'node:crypto'
import { categoryOf, idOf, type Metadata, type Original, type RecordedEvent } from '#kernel'
import { coalesce } from '../../coalesce.ts'
import type { Database, ListRow, Row } from '../../engines/postgres/database.ts'
import { bell } from '../../bell.ts'
import type { ArchiveReader } from '../archives/port.ts'
import { withContent } from './archived-content.ts'
import { follow } from './follow.ts'
import {
  Conflict,
  type Append,
  type Appended,
  type AppendOutcome,
  type Direction,
  type EventLog,
  type StreamRange,
  type TogetherOutcome,
} from './port.ts'
import type { Verdict } from './postgres-append-statement.ts'
import { categoryCounts } from './postgres-categories.ts'
import { keyIsAmong, keySelection } from './postgres-keys.ts'
import { groupCommit } from './postgres-group-commit.ts'
import { logListener } from './postgres-log-listener.ts'
import { notifyPace } from './postgres-notify-pace.ts'
import { tail } from './postgres-tail.ts'
import { Unavailable } from '../../unavailable.ts'

type EventRow = Row & {
  position: bigint
  stream: string
  revision: number
  event_id: string
  type: string
  data: unknown
  metadata: Metadata
  original: Original | null
  at: string
  /** Number of the archive that has the content of the event. */
  archive: number | null
}

const columns = 'position, stream, revision, event_id, type, data, metadata, original, at, archive'

const recordedOf = (row: EventRow): RecordedEvent => ({
  eventId: row.event_id,
  type: row.type,
  data: row.data,
  stream: row.stream,
  id: idOf(row.stream),
  revision: row.revision,
  position: row.position,
  at: row.at,
  metadata: row.metadata,
  ...(row.original && { original: row.original }),
})

/** The columns of an event, in the order of `columns`. */
type EventList = ListRow<
  readonly [
    position: bigint,
    stream: string,
    revision: number,
    eventId: string,
    type: string,
    data: unknown,
    metadata: Metadata,
    original: Original | null,
    at: string,
    archive: number | null,
  ]
>

const rowOf = ([
  position,
  stream,
  revision,
  event_id,
  type,
  data,
  metadata,
  original,
  at,
  archive,
]: EventList): EventRow => ({
  position,
  stream,
  revision,
  event_id,
  type,
  data,
  metadata,
  original,
  at,
  archive,
})

const archiveOf = (row: EventList): number | null => row[9]

/** The event of a list; of many, without an object of each row. */
const recordedOfList = ([
  position,
  stream,
  revision,
  eventId,
  type,
  data,
  metadata,
  original,
  at,
]: EventList): RecordedEvent => {
  const event = { eventId, type, data, stream, id: idOf(stream), revision, position, at, metadata }
  return original ? { ...event, original } : event
}

/** The greatest integer of PostgreSQL. */
const lastRevision = 2_147_483_647

const order = (direction: Direction): string => (direction === 'forwards' ? 'ASC' : 'DESC')

/** The outcome of a single append. */
const outcomeOf = (
  { stream, expected }: Append,
  { taken, fresh, revision, position }: Verdict,
): AppendOutcome => {
  return taken
    ? { revision, position, ...(!fresh && { before: true }) }
    : new Conflict(stream, expected, revision)
}

/** The outcome of appends that are recorded together. */
const togetherOutcomeOf = (
  appends: readonly Append[],
  verdicts: readonly Verdict[],
): TogetherOutcome => {
  const outcomes = appends.map((append, index) => outcomeOf(append, verdicts[index]!))
  const appended = outcomes.filter((outcome): outcome is Appended => !(outcome instanceof Error))
  if (appended.length === appends.length) return { recorded: true, appended }
  return {
    recorded: false,
    conflicts: outcomes.map((outcome, index) =>
      outcome instanceof Conflict && verdicts[index]!.conflicts ? outcome : undefined,
    ),
  }
}

/**
 * The log in PostgreSQL (tables of `infra/postgres/001-event-log.sql`).
 * @param database of the log
 * @param options.clock for the times of events
 * @param options.archives has the content of archived events; without it, reading one is an error
 */
export const postgresEventLog = async (
  database: Database,
  {
    clock = () => new Date(),
    archives,
  }: { readonly clock?: () => Date; readonly archives?: ArchiveReader } = {},
): Promise<EventLog> => {
  /** The rows with their content; those that are not archived cost no promise. */
  const whole = (rows: EventRow[]): EventRow[] | Promise<EventRow[]> =>
    rows.some(({ archive }) => archive !== null) ? withContent(rows, archives) : rows
  const news = bell()
  const newest = tail()
  /** The greatest position for which the bell has rung; the database notifies this process of its own appends as well. */
  let rungFor = 0n
  const ringFor = (position: bigint): void => {
    if (position <= rungFor) return
    rungFor = position
    news.ring()
  }
  const id = randomUUID()
  const listener = logListener(database, {
    id,
    notified: (position) => {
      if (position === undefined) return news.ring()
      newest.reached(position)
      ringFor(position)
    },
  })
  const pace = notifyPace(database, id)
  const commit = groupCommit(database, {
    clock,
    pace,
    recorded: (batch, at) => {
      let last = 0n
      for (const { append, verdict } of batch)
        if (verdict.fresh) {
          newest.add(append, verdict, at)
          if (verdict.position > last) last = verdict.position
        }
      newest.trim()
      // The callers of the appends run first.
      setImmediate(ringFor, last)
    },
  })
  /** Reads several streams in one round trip, for concurrent calls. */
  const readForwards = coalesce<
    Required<Pick<StreamRange, 'from' | 'limit'>> & { stream: string },
    RecordedEvent[]
  >(
    async (reads) => {
      const rows = await database.query<EventRow & { nth: number }>({
        name: 'read-forwards',
        text: `SELECT a.nth::integer, e.*
               FROM unnest($1::text[], $2::integer[], $3::integer[]) WITH ORDINALITY AS a(stream, first, most, nth)
               CROSS JOIN LATERAL (
                 SELECT ${columns} FROM agora.events
                 WHERE stream = a.stream AND revision >= a.first ORDER BY revision LIMIT a.most
               ) e
               ORDER BY a.nth, e.revision`,
        values: [
          reads.map(({ stream }) => stream),
          reads.map(({ from }) => from),
          reads.map(({ limit }) => limit),
        ],
      })
      const answers: RecordedEvent[][] = reads.map(() => [])
      const read = await whole(rows)
      for (const [index, { nth }] of rows.entries())
        answers[nth - 1]!.push(recordedOf(read[index]!))
      return answers
    },
    { most: 64, lanes: 2 },
  )

  const selectsKeys = keySelection(database)

  const readBackwards = async (stream: string, from: number, limit: number) => {
    const rows = await database.query<EventRow>({
      name: 'read-backwards',
      text: `SELECT ${columns} FROM agora.events WHERE stream = $1 AND revision <= $2
             ORDER BY revision DESC LIMIT $3`,
      values: [stream, from, limit],
    })
    return (await whole(rows)).map(recordedOf)
  }

  const read: EventLog['read'] = async (
    stream,
    { from, limit = 1_000, direction = 'forwards' } = {},
  ) => {
    const forwards = direction === 'forwards'
    // PostgreSQL rejects such a text or number, which would fail all reads of the batch.
    if (stream.includes('\u0000') || (forwards && from !== undefined && from > lastRevision))
      return []
    return forwards
      ? readForwards({ stream, from: from ?? 0, limit })
      : readBackwards(stream, Math.min(from ?? lastRevision, lastRevision), limit)
  }

  const readAll: EventLog['readAll'] = async ({
    after,
    limit = 1_000,
    direction = 'forwards',
    categories,
    types,
    archived,
    among,
  } = {}) => {
    const some = among && (await selectsKeys()) ? among : undefined
    const isWithout = archived === false
    const filtered =
      categories !== undefined || types !== undefined || isWithout || some !== undefined
    const forwards = direction === 'forwards'
    // With a filter, the rows do not show how far the log was read; the head, read before, does.
    const head = filtered || !forwards ? await log.head() : undefined
    const start = after ?? (forwards ? 0n : head! + 1n)
    const rows = await database.query<EventList>({
      lists: true,
      name: `read-all-${direction}-${filtered}${isWithout ? '-without-archived' : ''}${some ? '-some' : ''}`,
      text: `SELECT ${columns} FROM agora.events
             WHERE position ${forwards ? '>' : '<'} $1
             ${filtered ? `AND ($3::text[] IS NULL OR split_part(stream, '-', 1) = ANY ($3)) AND ($4::text[] IS NULL OR type = ANY ($4)) AND position <= $5${isWithout ? ' AND archive IS NULL' : ''}` : ''}${some ? keyIsAmong : ''}
             ORDER BY position ${order(direction)} LIMIT $2`,
      values: filtered
        ? [
            start,
            limit,
            categories ?? null,
            types ?? null,
            head,
            ...(some ? [some.field, some.except, some.upcast, some.part, some.of] : []),
          ]
        : [start, limit],
    })
    const events = rows.some((row) => archiveOf(row) !== null)
      ? (await withContent(rows.map(rowOf), archives)).map(recordedOf)
      : rows.map(recordedOfList)
    const caughtUp = events.length < limit
    const last = events.at(-1)?.position ?? start
    if (!forwards) return { events, position: caughtUp ? 0n : last, caughtUp }
    return {
      events,
      position: caughtUp && head !== undefined && head > start ? head : last,
      caughtUp,
    }
  }

  const readNewest: EventLog['readAll'] = async (range = {}) => {
    const { after, limit = 1_000, categories, types, archived } = range
    if (after === undefined || categories || types || archived === false) return readAll(range)
    const inMemory = newest.after(after, limit)
    if (inMemory) return inMemory
    // A notification of this process's own append may arrive before its answer: the running batches are awaited.
    for (const answered of commit.underWay()) {
      await answered
      const found = newest.after(after, limit)
      if (found) return found
    }
    return readAll(range)
  }

  const follows = follow(readNewest, news)

  const log: EventLog = {
    append: (stream, expected, events) => {
      const append = { stream, expected, events }
      return commit.append({ appends: [append], together: false }).then(([verdict]) => {
        const outcome = outcomeOf(append, verdict!)
        if (outcome instanceof Error) throw outcome
        return outcome
      })
    },
    appendInOrder: async (appends) => {
      const line = {}
      const answers = await Promise.allSettled(
        appends.map((append) => commit.append({ appends: [append], together: false, line })),
      )
      return answers.map((answer, index): AppendOutcome => {
        if (answer.status === 'fulfilled') return outcomeOf(appends[index]!, answer.value[0]!)
        const { reason } = answer
        if (reason instanceof Unavailable || !(reason instanceof Error)) throw reason
        return reason
      })
    },
    appendTogether: (appends) =>
      appends.length === 0
        ? Promise.resolve({ recorded: true, appended: [] })
        : commit
            .append({ appends, together: true })
            .then((verdicts) => togetherOutcomeOf(appends, verdicts)),
    read,
    readAll,
    head: async () => {
      const [row] = await database.query<{ position: bigint }>({
        name: 'head',
        text: 'SELECT position FROM agora.head',
      })
      return row!.position
    },
    subscribe: (after, options) => {
      listener.start()
      return follows(after, options)
    },

    categories: categoryCounts(database),

    streams: async ({ category, after = 0n, limit = 100 } = {}) => {
      const rows = await database.query<{
        stream: string
        events: number
        at: string
        position: bigint
      }>({
        text: `SELECT e.stream, e.at, e.position,
                 (SELECT last.revision + 1 FROM agora.events last WHERE last.stream = e.stream
                  ORDER BY last.revision DESC LIMIT 1) AS events
               FROM agora.events e
               WHERE e.revision = 0 AND e.position > $1
                 AND ($2::text IS NULL OR split_part(e.stream, '-', 1) = $2)
               ORDER BY e.position LIMIT $3`,
        values: [after, category ?? null, limit],
      })
      return rows.map(({ stream, events, at, position }) => ({
        stream,
        category: categoryOf(stream),
        events,
        startedAt: at,
        position,
      }))
    },

    byTime: {
      firstSince: async (moment, before) => {
        const [row] = await database.query<{ found: bigint | null }>({
          text: 'SELECT agora.first_since($1, $2) AS found',
          values: [moment, before],
        })
        return row?.found ?? undefined
      },
      lastUntil: async (moment, since) => {
        const [row] = await database.query<{ found: bigint | null }>({
          text: 'SELECT agora.last_until($1, $2) AS found',
          values: [moment, since],
        })
        return row?.found ?? undefined
      },
    },

    byCorrelation: async (correlationId, { after, until }) => {
      const rows = await database.query<EventRow>({
        name: 'by-correlation',
        text: `SELECT position, stream, revision, event_id, type, NULL AS data, metadata, NULL AS original, at, NULL AS archive
               FROM agora.events
               WHERE position > $2 AND position <= $3 AND metadata ->> 'correlationId' = $1
               ORDER BY position LIMIT 1000`,
        values: [correlationId, after, until],
      })
      return rows.map(recordedOf)
    },

    dense: true,
    close: async () => {
      await pace.close()
      await listener.close()
    },
  }
  return log
}
