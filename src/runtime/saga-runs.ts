import { boundedCache } from '../platform/bounded-cache.ts'
import type { AnySaga, Catalogue, RecordedStep, SagaMoved } from '#kernel'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'

/** Most runs in the cache; others are read from their streams when needed. */
const cachedInstances = 20_000

/** A recorded move. */
export type Recorded = {
  readonly eventId: string
  readonly correlationId: string
  /** ms since 1970 */
  readonly at: number
  readonly steps: readonly RecordedStep[]
  /** Reason of the refusal that the move compensates. */
  readonly reason?: string | undefined
}

/** State of a run at a revision of its stream. */
export type Stand = {
  readonly key: string
  readonly stream: string
  readonly state: unknown
  readonly revision: number
  readonly ended: boolean
  /** Complete until a further event for the run. */
  readonly resting: boolean
  /** The person whom the run is about, if there is one. */
  readonly person: string | undefined
}

/** Returns the state of a run after a move. */
export const standAfter = (
  { key, stream, revision, ...before }: Stand,
  { state, ended, resting, person }: SagaMoved,
): Stand => ({
  key,
  stream,
  state,
  person,
  ended: ended || before.ended,
  resting: resting === true,
  revision: revision + 1,
})

/** A cached run. */
export type Instance = {
  readonly key: string
  readonly stream: string
  /**
   * Whether its stream has been read. Until then the stream is assumed empty, which is usually right and saves a read:
   * the log refuses an append that contradicts the stream, and the stream is read before an input is skipped.
   */
  loaded: boolean
  state: unknown
  revision: number
  ended: boolean
  /** Complete until a further event for the run. */
  resting: boolean
  /** The person whom the run is about, if there is one. */
  person: string | undefined
  readonly moves: Map<string, Recorded>
  /** Streams of which the run has received events. */
  readonly receivedStreams: Set<string>
  /** Ids of inputs that the run processed before the log delivered them: all their commands have been sent. */
  readonly ahead: Set<string>
  /**
   * The greatest known position of its own events and of those of its commands. A run that has not received all events
   * up to there processes none ahead, as that would be out of order.
   */
  ownUpTo: bigint
  /** Resolves when all inputs so far are processed. */
  last: Promise<unknown>
}

/**
 * The cached runs of a saga; each has the state of its stream when this process last read or wrote it.
 * @param deps.onForgotten registers a listener for every person who is forgotten
 */
export const sagaRuns = (
  saga: AnySaga,
  {
    log,
    catalogue,
    onForgotten,
  }: {
    readonly log: Pick<EventLog, 'read' | 'head' | 'appendTogether'>
    readonly catalogue: Pick<Catalogue, 'unreadable'>
    readonly onForgotten?: ((listener: (person: string) => void) => unknown) | undefined
  },
) => {
  const instances = boundedCache<string, Instance>(cachedInstances)
  /** State of a run whose stream was not read. */
  const unknown = {
    loaded: false,
    state: saga.initialState,
    revision: -1,
    ended: false,
    resting: false,
    person: undefined,
  }

  // The runs about a forgotten person are evicted: the next input reads them again.
  onForgotten?.((forgotten) => {
    for (const [key, { person }] of instances.entries())
      if (person === forgotten) instances.delete(key)
  })

  /** Returns a run by its key; the stream of one that is not cached is assumed empty. */
  const instanceOf = (key: string): Instance => {
    const known = instances.get(key)
    if (known) return known
    const instance: Instance = {
      key,
      stream: `${saga.name}-${key}`,
      ...unknown,
      moves: new Map(),
      receivedStreams: new Set(),
      ahead: new Set(),
      ownUpTo: 0n,
      last: Promise.resolve(),
    }
    instances.set(key, instance)
    return instance
  }

  /** Applies a move that was recorded at the end of the run's stream. */
  const take = (instance: Instance, moved: SagaMoved, move: Recorded) => {
    const { input, steps } = moved
    Object.assign(instance, standAfter(instance, moved))
    instance.moves.set(input.id, { ...move, steps, reason: input.reason })
  }

  /** Remembers the position of an event of the run or of its commands. */
  const hasRecorded = (instance: Instance, position: bigint): void => {
    if (position > instance.ownUpTo) instance.ownUpTo = position
  }

  /** Assumes the stream of a run empty until it is read. */
  const reset = (instance: Instance): void => {
    Object.assign(instance, unknown)
    instance.moves.clear()
    instance.ahead.clear()
  }

  /** Reads the run's stream from the start. @throws NewerVersion when it has a move that this version cannot read */
  const load = async (instance: Instance): Promise<void> => {
    reset(instance)
    let last = 0n
    for (;;) {
      const events = await log.read(instance.stream, { from: instance.revision + 1, limit: 500 })
      for (const event of events) {
        const { type, stream, eventId, data, at, metadata, position } = event
        const newer = catalogue.unreadable(event)
        if (newer !== undefined) throw new NewerVersion({ type, stream }, newer)
        take(instance, data as SagaMoved, {
          eventId,
          correlationId: metadata.correlationId,
          at: Date.parse(at),
          steps: [],
        })
        last = position
      }
      if (events.length < 500) break
    }
    // Moves of another process: the positions of the events of their commands are unknown, but not after the head.
    if (log.appendTogether && last > instance.ownUpTo) hasRecorded(instance, await log.head())
    instance.loaded = true
  }

  return {
    instanceOf,
    take,
    hasRecorded,
    load,
    reset,
    /** Makes every run read its stream before it skips an input. */
    readAgain: (): void => {
      for (const instance of instances.values()) {
        instance.loaded = false
        instance.ahead.clear()
      }
    },
  }
}
