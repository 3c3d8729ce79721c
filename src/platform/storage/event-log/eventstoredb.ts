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

/** How the way to EventStoreDB is. */
export type EventStoreHealth = {
  /** Whether the last call was answered. */
  readonly connected: boolean
  /** So many follow the log just now. */
  readonly subscriptions: number
  /** How often a subscription had to be made again since the start. */
  readonly resubscriptions: number
  /** Since the server was heard of last. */
  readonly lastHeardSeconds: number
}

/** The log in EventStoreDB, and how the way there is. */
export type EventStoreLog = EventLog & { readonly health: () => EventStoreHealth }

/** Where EventStoreDB is, and how patient to be. */
export type EventStoreOptions = {
  /** `esdb://name:password@host:2113`, as its clients take it. */
  readonly url: string
  /** Keeps which streams there are, which EventStoreDB cannot tell. */
  readonly index: StreamIndex
  /** Gives the moment that events are recorded at. */
  readonly clock?: () => Date
  /** ms that a call may take. Default 5,000. */
  readonly timeout?: number
  /** ms that an append may take with its retries. Default 8,000. */
  readonly patience?: number
  /** After so many ms of silence a subscription is looked after. Default 10,000. */
  readonly liveness?: number
  /** Told of failures that nobody else is told of. */
  readonly onError?: (error: unknown) => void
}

/** So many events at once are counted for the index of streams. */
const indexed = 1_000

/**
 * The log in EventStoreDB 20 and later, or behind our own endpoint. Opens also while the server is away.
 * @throws Error when the URL cannot be understood, or the server does not accept its name and password
 */
export const eventStoreLog = async ({
  url,
  index,
  clock = () => new Date(),
  timeout = 5_000,
  patience = 8_000,
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
    // Streams of the server's own are none of ours.
    if (limit <= 0 || stream.startsWith('$')) return []
    try {
      const answers = await calls.read(streamRequest(stream, from, limit, direction), timeout)
      return answers.flatMap((answer) => eventOf(answer) ?? [])
    } catch (error) {
      throw thrown(error)
    }
  }

  const { readAll, head } = pagesOf(calls, timeout, saw)
  const look = coalesce<undefined, bigint>(async (asked) => {
    const end = await head()
    saw(end)
    return asked.map(() => end)
  })
  const known = async () => seen ?? look(undefined)
  try {
    // Without it, the first append could not tell whether it was there before.
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
  const told = (what: 'begun' | 'again' | 'ended') => {
    if (what === 'again') resubscriptions += 1
    else subscriptions += what === 'begun' ? 1 : -1
  }

  /** Brings the index up to the head; whoever asks meanwhile waits for the next time, which sees what they saw. */
  const catchUp = coalesce<undefined, undefined>(async (asked) => {
    for (;;) {
      const from = await index.position()
      const slice = await readAll({ after: from, limit: indexed })
      if (slice.position > from) await index.add(from, slice)
      if (slice.caughtUp) return asked
    }
  })

  const deps = { calls, read, watermark: { known, saw }, clock, timeout }
  const appendOne = appendOneTo(deps)
  const appendBatch = appendBatchTo(deps, appendOne)

  return {
    append: appendQueue(appendOne, appendBatch, patience),
    appendInOrder: appendInBatches(appendBatch, patience),
    read,
    readAll: (range) => readAll(range),
    head,
    subscribe: subscribeTo({ calls, readAll, saw, liveness, told }),
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
