import type { RecordedEvent } from '#kernel'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import type { ReadRequest, Start } from './read-request.ts'

/** What an endpoint reads of a log. */
export type ReadableLog = Pick<EventLog, 'read' | 'readAll' | 'head' | 'subscribe' | 'dense'>

/** A part of a stream or of the log that ends. */
export type FiniteRequest = ReadRequest & { readonly count: number }

/** So many events are held in memory for a reader, at the most. */
export const pageSize = 500

/** The greatest revision there can be. */
const lastRevision = 2_147_483_647

/** A revision of any size as a number that logs can compare with. */
export const revisionOf = (revision: bigint): number =>
  revision > BigInt(lastRevision) ? lastRevision : Number(revision)

/** Both ends are included, as EventStoreDB has it; undefined where there is nothing to read. */
const firstRevision = (from: Start, forwards: boolean): number | 'last' | undefined => {
  if (from === 'start') return 0
  if (from === 'end') return forwards ? undefined : 'last'
  return revisionOf(from)
}

/** A part of one stream, page by page. */
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

/** The position of the event before this one: where to start behind, to have this one too. */
const before = async (log: ReadableLog, position: bigint): Promise<bigint> => {
  if (log.dense) return position > 0n ? position - 1n : 0n
  const { events } = await log.readAll({ after: position, limit: 1, direction: 'backwards' })
  return events[0]?.position ?? 0n
}

/** The greatest position there can be. */
const lastPosition = 2n ** 63n - 1n

/** A position of any size as one that logs can compare with. */
export const positionOf = (position: bigint): bigint =>
  position > lastPosition ? lastPosition : position

/**
 * Where a part of the log begins: forwards behind a position, backwards before it (undefined: from the head);
 * `nowhere` where there is nothing to read. EventStoreDB includes the position itself forwards, and excludes it backwards.
 */
const firstPosition = async (
  log: ReadableLog,
  { from, direction }: FiniteRequest,
): Promise<bigint | undefined | 'nowhere'> => {
  if (direction === 'forwards') {
    if (from === 'end') return 'nowhere'
    return from === 'start' ? 0n : before(log, positionOf(from))
  }
  if (from === 'start') return 'nowhere'
  return from === 'end' ? undefined : positionOf(from)
}

/**
 * A part of the whole log, page by page, without what the filter holds back. A page may be empty: it lets whoever asked
 * for what is rare give up.
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
      // Of events that are looked through here, more have to be read than are wanted.
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
