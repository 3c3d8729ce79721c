import { categoryOf, type RecordedEvent } from '#kernel'
import type { Slice } from '../../platform/storage/event-log/port.ts'
import type { ReadRequest, Start } from './read-request.ts'
import { pageSize, positionOf, revisionOf, streamPages, type ReadableLog } from './read-pages.ts'
import { isStreamName } from './stream-names.ts'

/** Options of a subscription. */
export type FollowOptions = {
  /** Ends the subscription. */
  readonly signal: AbortSignal
  /** Called with every failure that the subscription recovers from. */
  readonly onError: (error: unknown) => void
}

/** Returns the position after which a subscription to the whole log begins, as EventStoreDB defines it. */
export const startOf = async (log: ReadableLog, { from }: ReadRequest): Promise<bigint> =>
  from === 'start' ? 0n : from === 'end' ? log.head() : positionOf(from)

/**
 * Follows the whole log after a position. A loop apart from the feed's followers: the client sets the pace and the
 * filter, stores its own position, and is sent failures instead of a retry.
 */
export async function* followLog(
  log: ReadableLog,
  { filter }: ReadRequest,
  after: bigint,
  following: FollowOptions,
): AsyncGenerator<Slice> {
  const slices = log.subscribe(after, { ...filter?.inLog, ...following, limit: pageSize })
  for await (const slice of slices)
    yield filter?.pick ? { ...slice, events: filter.pick(slice.events) } : slice
}

/** Returns the first revision that a subscription to a stream sends. */
const firstRevision = async (log: ReadableLog, stream: string, from: Start): Promise<number> => {
  if (from === 'start') return 0
  if (from !== 'end') return revisionOf(from + 1n)
  const [last] = await log.read(stream, { limit: 1, direction: 'backwards' })
  return last ? last.revision + 1 : 0
}

/**
 * Follows one stream: reads its events, then follows its category. The stream may have no events yet; for a name that is
 * not a valid stream name, the subscription only catches up.
 */
export async function* followStream(
  log: ReadableLog,
  stream: string,
  { from, ...request }: ReadRequest,
  following: FollowOptions,
): AsyncGenerator<Slice> {
  // Read before the stream: events that are appended meanwhile are read twice, and `unseen` drops the second ones.
  const head = await log.head()
  if (!isStreamName(stream)) {
    yield { events: [], position: head, caughtUp: true }
    return untilAborted(following.signal)
  }
  let next = await firstRevision(log, stream, from)
  const unseen = (events: readonly RecordedEvent[]) => {
    const fresh = events.filter((event) => event.stream === stream && event.revision >= next)
    next = (fresh.at(-1)?.revision ?? next - 1) + 1
    return fresh
  }

  const whole = { ...request, from: BigInt(next), count: Number.MAX_SAFE_INTEGER }
  for await (const page of streamPages(log, stream, whole)) {
    if (following.signal.aborted) return
    yield { events: unseen(page), position: head, caughtUp: false }
  }
  const categories = [categoryOf(stream)]
  for await (const slice of log.subscribe(head, { ...following, categories, limit: pageSize }))
    yield { ...slice, events: unseen(slice.events) }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
