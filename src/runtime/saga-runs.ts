import { LRUCache } from 'lru-cache'
import { firstUse, type AnySaga, type Catalogue, type RecordedStep, type SagaMoved } from '#kernel'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'

/** Runs cached in memory; others are read from their streams when needed. */
const cachedInstances = 20_000

/** A move as it was recorded. */
export type Recorded = {
  readonly eventId: string
  readonly correlationId: string
  readonly at: number
  readonly steps: readonly RecordedStep[]
  /** Why the command was refused, where the move compensates a refusal. */
  readonly reason?: string | undefined
}

/** Where a run of the process stands. */
export type Stand = {
  readonly key: string
  readonly stream: string
  readonly state: unknown
  readonly revision: number
  readonly ended: boolean
  /** Done, until something new comes. */
  readonly resting: boolean
  /** Whom it is about, if anybody. */
  readonly person: string | undefined
}

/** Where a run stands after a move. */
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

/** One run of the process. */
export type Instance = {
  readonly key: string
  readonly stream: string
  /**
   * Whether its stream has been read. Until then it is taken for a new one, which is usually right and saves a read:
   * what contradicts the stream is refused by the log, and before an input is passed over the stream is read.
   */
  loaded: boolean
  state: unknown
  revision: number
  ended: boolean
  /** Done, until something new comes. */
  resting: boolean
  /** Whom it is about, if anybody. */
  person: string | undefined
  readonly moves: Map<string, Recorded>
  /** The streams whose events it has received. */
  readonly heardOf: Set<string>
  /** Inputs that the run took in before they arrived from the log: all that follows from them has been sent. */
  readonly ahead: Set<string>
  /**
   * The last position that is known of what it has recorded, and of what its commands led to. A run that has not received
   * everything up to there takes in nothing ahead, as that would be out of order.
   */
  ownUpTo: bigint
  /** Resolves when every input so far is handled. */
  last: Promise<unknown>
}

/**
 * The runs of a saga that this process has in memory; each stands where its stream stood when it was read or written here.
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
    readonly onForgotten?: ((heard: (person: string) => void) => unknown) | undefined
  },
) => {
  // Takes its room at once, all of it: only once there is a run.
  const instances = firstUse(() => new LRUCache<string, Instance>({ max: cachedInstances }))
  /** What is taken for true of a run whose stream was not read. */
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
    for (const [key, { person }] of instances().entries())
      if (person === forgotten) instances().delete(key)
  })

  /** A run by its key; one that is not in memory is taken for a new one. */
  const instanceOf = (key: string): Instance => {
    const known = instances().get(key)
    if (known) return known
    const instance: Instance = {
      key,
      stream: `${saga.name}-${key}`,
      ...unknown,
      moves: new Map(),
      heardOf: new Set(),
      ahead: new Set(),
      ownUpTo: 0n,
      last: Promise.resolve(),
    }
    instances().set(key, instance)
    return instance
  }

  /** Takes in a move that was recorded at the end of the run's stream. */
  const take = (instance: Instance, moved: SagaMoved, move: Recorded) => {
    const { input, steps } = moved
    Object.assign(instance, standAfter(instance, moved))
    instance.moves.set(input.id, { ...move, steps, reason: input.reason })
  }

  /** Notes down that the run, or a command of it, has recorded up to a position. */
  const hasRecorded = (instance: Instance, position: bigint): void => {
    if (position > instance.ownUpTo) instance.ownUpTo = position
  }

  /** Takes a run for a new one, until its stream is read. */
  const reset = (instance: Instance): void => {
    Object.assign(instance, unknown)
    instance.moves.clear()
    instance.ahead.clear()
  }

  /** Reads the run's stream from the start. @throws NewerVersion when it holds a move that this version cannot read */
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
    // Moves of another process: the progress of their commands is unknown here.
    if (log.appendTogether && last > instance.ownUpTo) hasRecorded(instance, await log.head())
    instance.loaded = true
  }

  return {
    instanceOf,
    take,
    hasRecorded,
    load,
    reset,
    /** Makes every run read its stream before it passes an input over. */
    readAgain: (): void => {
      for (const instance of instances().values()) {
        instance.loaded = false
        instance.ahead.clear()
      }
    },
  }
}
