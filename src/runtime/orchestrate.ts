import type { AnyDecider, AnySaga, Catalogue, RecordedEvent } from '#kernel'
import type { Checkpoints } from '../platform/storage/checkpoints/port.ts'
import type { DeadLetters, Follower } from '../platform/storage/dead-letters/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import type { Attempt, Job, Queue } from '../platform/messaging/queue/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import type { Drafts } from './drafts.ts'
import type { Executor } from './execution.ts'
import { backOff, type BackOff } from '../platform/back-off.ts'
import { eventsUpTo } from './events-up-to.ts'
import type { Feed } from './feed.ts'
import { followLog, type Follows } from './follow-log.ts'
import { lastPending } from './last-pending.ts'
import { isLeftToNewer, type NewerEvents } from './newer-events.ts'
import { inputOf, type Input, type Timer } from './saga-input.ts'
import { sagaInstances } from './saga-instances.ts'
import { takenIn } from './taken-in.ts'
import { stackOf } from '#kernel/error-message'

/** The queue that wakes sagas. */
export const timersQueue = 'saga-timers'

/** The number of attempts at a move before its run is parked. */
const attempts = 5

/** The number of slices processed at once. */
const window = 8

/**
 * How long a timer waits for other jobs to be added with, in ms. The checkpoint waits for it, the run does not: after a
 * crash the event is processed again, and leads to the same timer.
 */
const timersLinger = 100

export type Orchestrating = {
  readonly log: EventLog
  readonly feed: Feed
  readonly executor: Pick<Executor, 'execute'> & Drafts
  readonly deciders: ReadonlyMap<string, AnyDecider>
  readonly catalogue: Catalogue
  readonly queue: Queue
  readonly leases: Leases
  readonly checkpoints: Checkpoints
  readonly letters: DeadLetters
  readonly control: Control
  readonly readers: NewerEvents['readers']
  readonly clock: () => Date
  readonly onError: (error: unknown, saga: string, key?: string) => void
  /** Registers a listener for every person who is forgotten. */
  readonly onForgotten?: (listener: (person: string) => void) => unknown
}

/** The name of a saga as a follower of the log, the same in all its versions. */
export const followerOf = ({ name }: Pick<AnySaga, 'name'>): string => `saga:${name}`

/**
 * Runs a saga: processes the events it reads and sends the commands of its moves. One process does so at a time; after a
 * crash it continues from its checkpoint, and what was recorded or sent before has no second effect.
 */
export const orchestrate = (
  saga: AnySaga,
  {
    log,
    feed,
    executor,
    deciders,
    catalogue,
    queue,
    leases,
    checkpoints,
    letters,
    control,
    readers,
    clock,
    onError,
    onForgotten,
  }: Orchestrating,
) => {
  const follower: Follower = { kind: 'saga', name: saga.name, generation: 0 }
  const checkpoint = followerOf(saga)
  const reads = new Set(saga.reads)
  const instances = sagaInstances(saga, {
    log,
    executor,
    deciders,
    catalogue,
    clock,
    onForgotten,
  })

  /** Adds timers; adding them again has no effect. */
  const addTimers = async (
    timers: readonly Timer[],
    { linger = 0 }: { readonly linger?: number } = {},
  ): Promise<void> => {
    if (timers.length === 0) return
    const jobs = timers.map((timer) => ({ id: timer.step.id, data: timer, runAt: timer.dueAt }))
    await queue.add(timersQueue, jobs, { linger })
  }

  const newer: NewerEvents = { catalogue, readers }
  const isTakenIn = takenIn(saga, follower, checkpoint, { log, checkpoints, letters, newer })

  const begin = async (signal: AbortSignal): Promise<Follows> => {
    instances.readAgain()
    const parked = new Set((await letters.list(follower)).map(({ key }) => key))

    /** Timers that are being added, by run. */
    const adding = lastPending<unknown>()

    /**
     * Retries work for a run because of an event until it succeeds; an outage is waited out, and repeated failures park
     * the run.
     * @returns undefined when the run was parked
     */
    const insist = async <T>(
      key: string,
      { position, type }: RecordedEvent,
      work: () => Promise<T>,
      beforeParking?: () => Promise<unknown> | undefined,
    ): Promise<T | undefined> => {
      let pauses: BackOff | undefined
      for (let attempt = 1; ;) {
        try {
          return await work()
        } catch (error) {
          signal.throwIfAborted()
          // The run is left to the version that knows the event; one of another program is not waited for.
          if (await isLeftToNewer(error, readers)) throw error
          onError(error, saga.name, key)
          if (!(error instanceof Unavailable)) attempt += 1
          if (attempt > attempts) {
            await beforeParking?.()
            await letters.park(follower, { key, position, type, error: stackOf(error) })
            parked.add(key)
            return undefined
          }
          pauses ??= backOff({ first: 100 })
          await pauses.wait(signal)
          signal.throwIfAborted()
        }
      }
    }

    /**
     * Adds the timers that an event led to, beside the next input of its run.
     * @returns resolves when these and all earlier ones of the run are durable, or the run is parked at their event
     */
    const addBeside = (
      key: string,
      event: RecordedEvent,
      timers: readonly Timer[],
    ): Promise<unknown> => {
      const added = Promise.all([
        adding.of(key),
        insist(key, event, () => addTimers(timers, { linger: timersLinger })),
      ])
      adding.set(key, added)
      return added
    }

    /** Every event up to here is queued for its run, or delivered. */
    let handedOut = 0n

    /** The last pending delivery to each run. */
    const lines = lastPending<void>()

    /**
     * Delivers events to a run, after those of earlier slices: one of these may be waiting for a retry.
     * @returns resolves when the run has processed them, and the timers that follow from it are durable
     */
    const inTurn = async (key: string, events: readonly RecordedEvent[]): Promise<void> => {
      const before = lines.of(key)
      const added: Promise<unknown>[] = []
      const driven = (async () => {
        await before
        for (const event of events) {
          if (parked.has(key)) return
          const isLast = () => lines.of(key) === driven && event === events.at(-1)
          const timers = await insist(
            key,
            event,
            () =>
              instances.drive(key, inputOf(event), () => (isLast() ? handedOut : event.position)),
            // A parked run continues at this event: earlier ones must have their timers by then.
            () => adding.of(key),
          )
          if (timers && timers.length > 0) added.push(addBeside(key, event, timers))
        }
      })()
      lines.set(key, driven)
      await driven
      await Promise.all(added)
    }

    /** Delivers to a parked run, in order, the events since it was parked. */
    const resume = async (key: string, from: bigint, to: bigint): Promise<void> => {
      const missed = eventsUpTo(feed, { after: from - 1n, to, types: saga.reads, signal })
      for await (const event of missed)
        if (saga.keyOf(event) === key) await addTimers(await instances.drive(key, inputOf(event)))
    }

    return {
      take: async ({ events, position }) => {
        handedOut = position
        const runs = new Map<string, RecordedEvent[]>()
        for (const event of events) {
          if (!reads.has(event.type)) continue
          const key = saga.keyOf(event)
          if (key === undefined) continue
          const run = runs.get(key)
          if (run) run.push(event)
          else runs.set(key, [event])
        }
        await Promise.all([...runs].map(([key, run]) => inTurn(key, run)))
      },
      news: async (position) => {
        for (const letter of await letters.requested(follower)) {
          try {
            await resume(letter.key, letter.position, position)
            await letters.resolve(letter.id)
            parked.delete(letter.key)
          } catch (error) {
            signal.throwIfAborted()
            // The request stays: it is answered after the restart.
            if (error instanceof Unavailable || (await isLeftToNewer(error, readers))) throw error
            onError(error, saga.name, letter.key)
            await letters.park(follower, { ...letter, error: stackOf(error) })
          }
        }
      },
    }
  }

  return {
    name: saga.name,
    /** Runs until the signal is aborted. */
    run: (signal: AbortSignal): Promise<void> =>
      followLog(checkpoint, signal, {
        newer,
        types: saga.reads,
        feed,
        leases,
        checkpoints,
        control,
        begin,
        window,
        onError: (error) => onError(error, saga.name),
      }),
    /**
     * Sends the command of a timer that is due, unless its run has ended.
     * @returns false when the run has not processed yet what is recorded for it; nothing was sent
     * @throws NewerVersion when only a newer version can decide it
     */
    wake: async ({ key, step, correlationId }: Timer): Promise<boolean> => {
      const input: Input = {
        kind: 'timer',
        id: `timer:${step.id}`,
        step,
        correlationId,
        causationId: step.id,
      }
      try {
        const timers = await instances.fire(key, input, () => isTakenIn(key))
        if (!timers) return false
        await addTimers(timers)
        return true
      } catch (error) {
        // Put back for a newer version, or counted as a failure.
        if (!(error instanceof NewerVersion) || (await isLeftToNewer(error, readers))) throw error
        throw new Error(error.message, { cause: error })
      }
    },
  }
}

/** The delay before a timer that may not fire yet is retried, in ms: the first, doubled up to the last. */
const putOff = { first: 250, last: 30_000 }

/** A timer in its queue. */
type QueuedTimer = Timer & {
  /** The number of times it was put off. */
  readonly putOff?: number
}

/**
 * A timer for later, as a job of its own: the current job is done, and blocks no other.
 * @param now ms since 1970
 */
const later = (timer: QueuedTimer, now: number): Job => {
  const times = (timer.putOff ?? 0) + 1
  return {
    id: `${timer.step.id}~${times}`,
    data: { ...timer, putOff: times },
    runAt: now + Math.min(putOff.first * 2 ** (times - 1), putOff.last),
  }
}

/**
 * Works on the timers of all sagas. One that is due while its run is behind the log is put off until the run has caught
 * up, however long that takes.
 * @param sagas as returned by `orchestrate`
 * @param options.clock the clock of the queue
 */
export const wakeSagas = (
  queue: Queue,
  sagas: readonly { readonly name: string; readonly wake: (timer: Timer) => Promise<boolean> }[],
  { clock }: Pick<Orchestrating, 'clock'>,
) => {
  const byName = new Map(sagas.map((saga) => [saga.name, saga]))
  return queue.work(
    timersQueue,
    async ({ data }: Attempt) => {
      const timer = data as QueuedTimer
      const saga = byName.get(timer.saga)
      if (!saga)
        throw new NewerVersion(
          { type: timer.step.type, stream: `${timer.saga}-${timer.key}` },
          `The saga ${timer.saga} is not known to this version of Agora`,
        )
      if (!(await saga.wake(timer))) await queue.add(timersQueue, [later(timer, clock().getTime())])
    },
    // Nothing else would wake the run: a timer is tried until it is taken.
    { concurrency: 64, attempts: Infinity },
  )
}
