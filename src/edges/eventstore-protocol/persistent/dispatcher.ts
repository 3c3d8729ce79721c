import type {
  GroupChanges,
  GroupProgress,
  GroupSettings,
  ParkedMessage,
} from '../../../platform/messaging/consumer-groups/port.ts'
import { chooseConsumer, hasRoom, isPinned, type Candidate } from './choose-consumer.ts'
import { ledger } from './ledger.ts'

/** An event that a group offers to its consumers. */
export type Message<E> = {
  /** Revision in the stream, or position in the log. */
  readonly place: bigint
  /** Id by which consumers acknowledge it. */
  readonly id: string
  /** Messages with the same key keep their order, where the strategy is pinned. */
  readonly key: string
  readonly event: E
}

/** A message for one consumer. */
export type Delivery<E> = {
  readonly consumer: string
  readonly message: Message<E>
  /** Number of times that it was delivered before. */
  readonly retries: number
}

/** A message that timed out at a consumer. */
export type Expired = { readonly consumer: string; readonly id: string }

/** What a consumer does with messages that it cannot handle; one that stops leaves, which has them retried by others. */
export type NackAction = 'park' | 'retry' | 'skip' | 'stop'

/** Numbers of a group at a moment. */
export type GroupCounts = {
  readonly inFlight: number
  readonly waiting: number
  readonly toRetry: number
  /** Messages that were done since the group began to run. */
  readonly done: number
  /** Messages that were sent since then, each time that they were. */
  readonly delivered: number
  /** Retries since then. */
  readonly retried: number
}

/** Most messages after the checkpoint: while one is not done, no more are read beyond these. */
const mostAhead = 100_000

/** The log is behind the saved checkpoint by so many places without a message: it is saved even so. */
const mostUnsaved = 10_000n

type Item<E> = {
  readonly message: Message<E>
  retries: number
  /** Whether it was parked, and is delivered again. */
  readonly isReplay: boolean
}

type Consumer<E> = Candidate & {
  readonly inFlight: Map<string, Item<E>>
  isSilent: boolean
  isHeld: boolean
}

type Flight<E> = {
  readonly item: Item<E>
  readonly consumer: Consumer<E>
  readonly deadline: number
}

/**
 * Distributes the messages of one group among its consumers. A state machine without clock, chance or I/O: moments are given to
 * it, in ms of any clock, and it returns what is to be sent and saved.
 *
 * - A message is delivered until it is done: acknowledged, skipped or parked. It is in flight at one consumer at a time.
 * - One that times out, is handed back, or whose consumer leaves is retried; after `maxRetryCount` retries it is parked.
 * - A consumer that let a message time out gets others only when every consumer has, until it answers.
 * - Pinned: messages of one key go to one consumer, in order, as long as any of them is in flight.
 */
export const dispatcher = <E>(settings: GroupSettings, progress: GroupProgress) => {
  const { messageTimeoutMs, maxRetryCount, strategy } = settings
  const consumers = new Map<string, Consumer<E>>()
  const choose = chooseConsumer<Consumer<E>>(strategy)
  const keepsOrder = isPinned(strategy)
  const places = ledger(progress.checkpoint)
  /** From before this process led the group: consulted when their messages are offered again. */
  const doneBefore = new Set(progress.ahead)
  const retriesBefore = new Map(progress.retries)

  let waiting: Item<E>[] = []
  /** In the order of places, before all that wait. */
  let toRetry: Item<E>[] = []
  /** By id, in the order of dispatch, which with one timeout is the order of deadlines. */
  const flights = new Map<string, Flight<E>>()
  /** Consumers of keys with messages in flight, where the order is kept. */
  const holders = new Map<string, { readonly consumer: Consumer<E>; count: number }>()

  let isLive = false
  let done = 0
  let delivered = 0
  let retried = 0
  let doneSinceSaved = 0
  let doneInChanges = 0
  let savedCheckpoint = progress.checkpoint
  let parked: ParkedMessage[] = []
  let settled: bigint[] = []

  /** All messages that are not done. */
  const open = (): readonly Item<E>[] => [
    ...toRetry,
    ...waiting,
    ...Array.from(flights.values(), ({ item }) => item),
  ]

  const land = (id: string, { item, consumer }: Flight<E>): void => {
    flights.delete(id)
    consumer.inFlight.delete(id)
    const { key } = item.message
    const holder = holders.get(key)
    if (!holder) return
    holder.count -= 1
    if (holder.count === 0) holders.delete(key)
  }

  const finish = ({ message: { place }, isReplay }: Item<E>): void => {
    done += 1
    doneSinceSaved += 1
    if (isReplay) settled.push(place)
    else places.done(place)
  }

  const park = (item: Item<E>, reason: string): void => {
    const { place } = item.message
    finish(item)
    // Its row stays, and counts as parked again.
    if (item.isReplay) settled.pop()
    parked.push({ place, retries: item.retries, reason })
  }

  const addInOrder = (item: Item<E>): void => {
    const { place } = item.message
    const index = toRetry.findLastIndex((one) => one.message.place < place)
    toRetry.splice(index + 1, 0, item)
  }

  const retry = (item: Item<E>, reason: string): void => {
    if (item.retries >= maxRetryCount) return park(item, reason)
    item.retries += 1
    retried += 1
    addInOrder(item)
  }

  /** Takes messages back from a consumer; others than its own in flight are left. */
  const taken = (id: string, ids: Iterable<string>): readonly Item<E>[] =>
    [...ids].flatMap((one) => {
      const flight = flights.get(one)
      if (flight?.consumer.id !== id) return []
      land(one, flight)
      return [flight.item]
    })

  const answered = (id: string): void => {
    const consumer = consumers.get(id)
    if (consumer) consumer.isSilent = false
  }

  /** Delivers from one queue what can be delivered, and returns what is left. */
  const deliverFrom = (
    queue: readonly Item<E>[],
    deliver: (item: Item<E>, consumer: Consumer<E>) => void,
  ): Item<E>[] => {
    const all = [...consumers.values()]
    const left: Item<E>[] = []
    for (const [index, item] of queue.entries()) {
      if (!all.some(hasRoom)) return [...left, ...queue.slice(index)]
      const { id, key } = item.message
      // Two events of one id: the second waits, since an answer names the id only.
      const isAwaited = flights.has(id)
      const holder = holders.get(key)?.consumer
      const chosen = holder ? (hasRoom(holder) ? holder : undefined) : choose(all, key)
      if (chosen && !isAwaited) deliver(item, chosen)
      // Where no order is kept, nobody has room for those behind this one either.
      else if (!keepsOrder && !isAwaited) return [...left, ...queue.slice(index)]
      else left.push(item)
    }
    return left
  }

  return {
    /** Adds a consumer. @param slots maximum number of messages in flight there */
    join: (id: string, slots: number): void => {
      consumers.set(id, { id, slots, inFlight: new Map(), isSilent: false, isHeld: false })
    },

    /** Removes a consumer; its messages are retried. */
    leave: (id: string): void => {
      const consumer = consumers.get(id)
      if (!consumer) return
      consumers.delete(id)
      for (const item of taken(id, consumer.inFlight.keys())) retry(item, 'Its consumer has left')
    },

    /** Gives a consumer nothing more, or again what is to be delivered. */
    hold: (id: string, isHeld: boolean): void => {
      const consumer = consumers.get(id)
      if (consumer) consumer.isHeld = isHeld
    },

    /** Whether more messages are to be offered. */
    hasRoom: (): boolean =>
      waiting.length < (isLive ? settings.liveBufferSize : settings.historyBufferSize) &&
      places.size() < mostAhead,

    /** Offers the next message of the log or stream. */
    offer: (message: Message<E>): void => {
      places.open(message.place)
      if (doneBefore.delete(message.place)) return places.done(message.place)
      const retries = retriesBefore.get(message.place) ?? 0
      retriesBefore.delete(message.place)
      waiting.push({ message, retries, isReplay: false })
    },

    /**
     * Reports how far the group has read.
     * @param place up to which no other message comes; undefined where places are those of messages
     * @param caughtUp whether that is the end at the moment
     */
    reached: (place: bigint | undefined, caughtUp: boolean): void => {
      if (place !== undefined) places.reached(place)
      isLive = caughtUp
    },

    /** Offers a message again that was parked. */
    replay: (message: Message<E>): void => addInOrder({ message, retries: 0, isReplay: true }),

    /** Reports that a parked message is not in the log any more. */
    gone: (place: bigint): void => void settled.push(place),

    /** Acknowledges messages; those that are not in flight at this consumer are ignored. */
    ack: (id: string, ids: readonly string[]): void => {
      answered(id)
      taken(id, ids).forEach(finish)
    },

    /** Hands messages back; those that are not in flight at this consumer are ignored. */
    nack: (id: string, ids: readonly string[], action: NackAction): void => {
      answered(id)
      for (const item of taken(id, ids))
        if (action === 'skip') finish(item)
        else if (action === 'park') park(item, 'Parked by its consumer')
        else retry(item, 'Handed back by its consumers')
    },

    /** Takes messages back whose time is over at `now`. @returns them, and the consumers that they were at */
    expire: (now: number): readonly Expired[] => {
      const expired: Expired[] = []
      for (const [id, flight] of flights) {
        if (flight.deadline > now) break
        flight.consumer.isSilent = true
        land(id, flight)
        retry(flight.item, `Not acknowledged within ${messageTimeoutMs} ms`)
        expired.push({ consumer: flight.consumer.id, id })
      }
      return expired
    },

    /** Returns what is to be sent at `now`; it counts as sent. */
    dispatch: (now: number): readonly Delivery<E>[] => {
      const deliveries: Delivery<E>[] = []
      if (toRetry.length + waiting.length === 0) return deliveries
      const deadline = messageTimeoutMs === 0 ? Infinity : now + messageTimeoutMs
      const deliver = (item: Item<E>, consumer: Consumer<E>): void => {
        const { message, retries } = item
        flights.set(message.id, { item, consumer, deadline })
        consumer.inFlight.set(message.id, item)
        if (keepsOrder) {
          const holder = holders.get(message.key) ?? { consumer, count: 0 }
          holder.count += 1
          holders.set(message.key, holder)
        }
        delivered += 1
        deliveries.push({ consumer: consumer.id, message, retries })
      }
      toRetry = deliverFrom(toRetry, deliver)
      waiting = deliverFrom(waiting, deliver)
      return deliveries
    },

    /** Moment of the next timeout; undefined without one. */
    nextDeadline: (): number | undefined => {
      const [first] = flights.values()
      return first && first.deadline < Infinity ? first.deadline : undefined
    },

    /** Whether changes are to be saved. @param sinceMs time since the last save, in ms */
    isDue: (sinceMs: number): boolean =>
      parked.length + settled.length > 0 ||
      (doneSinceSaved > 0 && doneSinceSaved >= settings.maxCheckpointCount) ||
      (sinceMs >= settings.checkpointAfterMs &&
        ((doneSinceSaved > 0 && doneSinceSaved >= settings.minCheckpointCount) ||
          places.checkpoint() - savedCheckpoint >= mostUnsaved)),

    /** Whether anything has changed since the last save. */
    hasChanged: (): boolean =>
      parked.length + settled.length + doneSinceSaved > 0 ||
      places.checkpoint() !== savedCheckpoint ||
      open().some(({ retries }) => retries > 0),

    /** Returns what has changed since the last save; it counts as saved. */
    changes: (): GroupChanges => {
      const changes: GroupChanges = {
        progress: {
          checkpoint: places.checkpoint(),
          ahead: [...places.ahead(), ...doneBefore],
          retries: [
            ...open()
              .filter(({ retries, isReplay }) => retries > 0 && !isReplay)
              .map(({ message, retries }): readonly [bigint, number] => [message.place, retries]),
            ...retriesBefore,
          ],
        },
        parked,
        settled,
      }
      savedCheckpoint = places.checkpoint()
      doneInChanges = doneSinceSaved
      doneSinceSaved = 0
      parked = []
      settled = []
      return changes
    },

    /** Takes changes back that could not be saved, for the next time. */
    unsaved: (changes: GroupChanges): void => {
      parked = [...changes.parked, ...parked]
      settled = [...changes.settled, ...settled]
      doneSinceSaved += doneInChanges
      doneInChanges = 0
    },

    counts: (): GroupCounts => ({
      inFlight: flights.size,
      waiting: waiting.length,
      toRetry: toRetry.length,
      done,
      delivered,
      retried,
    }),

    /** Place up to which everything is done. */
    checkpoint: (): bigint => places.checkpoint(),

    /** Number of messages in flight at a consumer. */
    inFlightAt: (id: string): number => consumers.get(id)?.inFlight.size ?? 0,
  }
}
