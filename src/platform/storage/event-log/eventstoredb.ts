import { coalesce } from '../../coalesce.ts'
import type { StreamIndex } from '../stream-index/port.ts'
import { Unavailable } from '../../unavailable.ts'
import { appendQueue } from './eventstoredb-append-queue.ts'
import { appendOneTo } from './eventstoredb-append.ts'
import { appendBatchTo, appendInBatches } from './eventstoredb-batch-append.ts'
import { callsTo } from './eventstoredb-calls.ts'
import { thrown } from './eventstoredb-failures.ts'
import { eventOf, streamRequest } from './eventstoredb-messages.ts'
import { pagesOf } from './eventstoredb-pages.ts'
import { subscribeTo } from './eventstoredb-subscription.ts'
import type { EventLog } from './port.ts'

/** State of the connection to EventStoreDB. */
export type EventStoreHealth = {
  /** Whether the last call was answered. */
  readonly connected: boolean
  /** Number of present subscriptions. */
  readonly subscriptions: number
  /** Number of renewals of subscriptions since the start. */
  readonly resubscriptions: number
  /** Time since the last answer of the server, in s. */
  readonly lastHeardSeconds: number
}

/** The log in EventStoreDB, with the state of its connection. */
export type EventStoreLog = EventLog & { readonly health: () => EventStoreHealth }

/** Address and timeouts of EventStoreDB. */
export type EventStoreOptions = {
  /** `esdb://name:password@host:2113`, as for its clients. */
  readonly url: string
  /** Index of the streams, which EventStoreDB cannot list. */
  readonly index: StreamIndex
  /** Clock for the times of events. */
  readonly clock?: () => Date
  /** Timeout of a call, in ms. Default 5,000. */
  readonly timeout?: number
  /** Timeout of an append with its retries, in ms. Default 8,000. */
  readonly appendTimeoutMs?: number
  /** Time without a message after which a subscription is checked, in ms. Default 10,000. */
  readonly liveness?: number
  /** Called with failures that are not reported to a caller. */
  readonly onError?: (error: unknown) => void
}

/** Number of events that are added to the index of streams at a time. */
const indexed = 1_000

/**
 * The log in EventStoreDB 20 and later, or behind our own endpoint. Opens also while the server is unavailable.
 * @throws Error when the URL is invalid, or the server does not accept its name and password
 */
export const eventStoreLog = async ({
  url,
  index,
  clock = () => new Date(),
  timeout = 5_000,
  appendTimeoutMs = 8_000,
  liveness = 10_000,
  onError,
}: EventStoreOptions): Promise<EventStoreLog> => {
  const calls = callsTo(url)
  let seen: bigint | undefined
  const saw = (position: bigint) => {
    if (seen === undefined || position > seen) seen = position
  }

  const read: EventLog['read'] = async (
    stream,
    { from, limit = 1_000, direction = 'forwards' } = {},
  ) => {
    // The server's own streams are not part of the log.
    if (limit <= 0 || stream.startsWith('$')) return []
    try {
      const answers = await calls.read(streamRequest(stream, from, limit, direction), timeout)
      return answers.flatMap((answer) => eventOf(answer) ?? [])
    } catch (error) {
      throw thrown(error)
    }
  }

  const { readAll, head } = pagesOf(calls, timeout, saw)
  const readHead = coalesce<undefined, bigint>(async (calls) => {
    const end = await head()
    saw(end)
    return calls.map(() => end)
  })
  const known = async () => seen ?? readHead(undefined)
  try {
    // Without a known position, a repetition could not be recognised at the first append.
    await known()
  } catch (error) {
    if (!(error instanceof Unavailable)) {
      calls.close()
      throw error
    }
    onError?.(error)
  }

  let subscriptions = 0
  let resubscriptions = 0
  const onChange = (change: 'begun' | 'renewed' | 'ended') => {
    if (change === 'renewed') resubscriptions += 1
    else subscriptions += change === 'begun' ? 1 : -1
  }

  /** Updates the index to the head; calls during an update wait for the next one, which includes all that they have seen. */
  const catchUp = coalesce<undefined, undefined>(async (callers) => {
    for (;;) {
      const from = await index.position()
      const slice = await readAll({ after: from, limit: indexed })
      if (slice.position > from) await index.add(from, slice)
      if (slice.caughtUp) return callers
    }
  })

  const deps = { calls, read, watermark: { known, saw }, clock, timeout }
  const appendOne = appendOneTo(deps)
  const appendBatch = appendBatchTo(deps, appendOne)

  return {
    append: appendQueue(appendOne, appendBatch, appendTimeoutMs),
    appendInOrder: appendInBatches(appendBatch, appendTimeoutMs),
    read,
    readAll: (range) => readAll(range),
    head,
    subscribe: subscribeTo({ calls, readAll, saw, liveness, onChange }),
    categories: async () => {
      await catchUp(undefined)
      return index.categories()
    },
    streams: async (range) => {
      await catchUp(undefined)
      return index.streams(range)
    },
    health: () => ({
      connected: calls.isUp(),
      subscriptions,
      resubscriptions,
      lastHeardSeconds: (performance.now() - calls.heardAt()) / 1_000,
    }),
    close: async () => calls.close(),
  }
}
