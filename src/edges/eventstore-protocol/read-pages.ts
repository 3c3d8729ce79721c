import type { RecordedEvent } from '#kernel'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import type { ReadRequest, Start } from './read-request.ts'

/** The part of the event log's port that the endpoint reads with. */
export type ReadableLog = Pick<EventLog, 'read' | 'readAll' | 'head' | 'subscribe' | 'dense'>

/** A read of a limited number of events. */
export type FiniteRequest = ReadRequest & { readonly count: number }

/** Maximum number of events per page of a reader. */
export const pageSize = 500

/** Greatest possible revision. */
const maxRevision = 2_147_483_647

/** Clamps a revision to the greatest one that logs can compare with. */
export const revisionOf = (revision: bigint): number =>
  revision > BigInt(maxRevision) ? maxRevision : Number(revision)

/** First revision of a read, inclusive as in EventStoreDB; undefined where there is nothing to read. */
const firstRevision = (from: Start, forwards: boolean): number | 'last' | undefined => {
  if (from === 'start') return 0
  if (from === 'end') return forwards ? undefined : 'last'
  return revisionOf(from)
}

/** Reads a range of one stream, page by page. */
export async function* streamPages(
  log: ReadableLog,
  stream: string,
  { from: start, direction, count }: FiniteRequest,
): AsyncGenerator<readonly RecordedEvent[]> {
  const step = direction === 'forwards' ? 1 : -1
  let next = firstRevision(start, direction === 'forwards')
  let left = count
  while (next !== undefined && left > 0) {
    const limit = Math.min(pageSize, left)
    const page = await log.read(stream, {
      limit,
      direction,
      ...(next !== 'last' && { from: next }),
    })
    if (page.length > 0) yield page
    const last = page.at(-1)
    left -= page.length
    next =
      last && page.length === limit && last.revision + step >= 0 ? last.revision + step : undefined
  }
}

/** Position of the event before `position`: a read after it includes the event at `position`. */
export const positionBefore = async (log: ReadableLog, position: bigint): Promise<bigint> => {
  if (log.dense) return position > 0n ? position - 1n : 0n
  const { events } = await log.readAll({ after: position, limit: 1, direction: 'backwards' })
  return events[0]?.position ?? 0n
}

/** Greatest possible position. */
const maxPosition = 2n ** 63n - 1n

/** Clamps a position to the greatest one that logs can compare with. */
export const positionOf = (position: bigint): bigint =>
  position > maxPosition ? maxPosition : position

/**
 * Exclusive start position of a read of the log (undefined: backwards from the head); `nowhere` where there is nothing to
 * read. EventStoreDB includes the requested position forwards, and excludes it backwards.
 */
const firstPosition = async (
  log: ReadableLog,
  { from, direction }: FiniteRequest,
): Promise<bigint | undefined | 'nowhere'> => {
  if (direction === 'forwards') {
    if (from === 'end') return 'nowhere'
    return from === 'start' ? 0n : positionBefore(log, positionOf(from))
  }
  if (from === 'start') return 'nowhere'
  return from === 'end' ? undefined : positionOf(from)
}

/**
 * Reads a range of the whole log, page by page, filtered. A page may be empty, so that a reader of rare events can
 * stop in between.
 */
export async function* logPages(
  log: ReadableLog,
  request: FiniteRequest,
): AsyncGenerator<readonly RecordedEvent[]> {
  const { direction, count, filter } = request
  let after = await firstPosition(log, request)
  let left = count
  while (after !== 'nowhere' && left > 0) {
    const slice = await log.readAll({
      ...filter?.inLog,
      // Where the endpoint evaluates the filter, more events are read than the client requested.
      limit: filter?.pick ? pageSize : Math.min(pageSize, left),
      direction,
      ...(after !== undefined && { after }),
    })
    const page = (filter?.pick?.(slice.events) ?? slice.events).slice(0, left)
    yield page
    left -= page.length
    after = slice.caughtUp ? 'nowhere' : slice.position
  }
}
