import { randomUUID } from 'node:crypto'
import { setImmediate as immediate } from 'node:timers/promises'
import { backOff, type BackOff } from '../../back-off.ts'
import { coalesce } from '../../coalesce.ts'
import { attemptsAt, type TakenAttempt } from './attempt.ts'
import { createBell, type Bells } from './bell.ts'
import type { Attempt, QueueWorker, WorkerOptions } from './port.ts'
import { errorText } from './validate-jobs.ts'
import type { JobStore, Settlement } from './store.ts'

/** A job that this worker holds. */
type Held = {
  /** When its lease last began, in ms of the monotonic clock. */
  leasedAt: number
  /** Its outcome is being recorded; the lease is not renewed meanwhile, as the two statements could wait for each other. */
  settling: boolean
}

/** Longest interval between two takes, in ms; bells and due times shorten it. */
export const longestPause = 2_000

/** Places of a worker that are reserved for jobs which are added as taken by it. */
export type Offer = {
  /** The holder of the jobs' leases. */
  readonly holder: string
  readonly places: number
  /** Runs the added jobs, and frees the other places. To be called once, also if none was added. */
  readonly begin: (attempts: readonly TakenAttempt[]) => Promise<void>
}

/** A worker to which jobs can be added as taken. */
export type OfferingWorker = QueueWorker & {
  /** Reserves up to `most` places. @returns undefined if the worker is busy, as older jobs may wait for it */
  readonly offer: (most: number) => Offer | undefined
}

/**
 * Starts a worker on one queue of a store: it takes as many jobs as it has free places in one statement, runs them concurrently,
 * renews their leases while they run, and records their outcomes, many in one statement. During an outage of the store it
 * retries with a growing backoff; jobs that finish meanwhile are recorded after the outage.
 * @param bells rung when jobs may have become due, and every `longestPause`
 * @param onError called with every failure of the store
 */
export const startWorker = (
  store: JobStore,
  bells: Bells,
  queue: string,
  handler: (attempt: Attempt) => Promise<void>,
  options: WorkerOptions,
  onError: (error: unknown) => void,
): OfferingWorker => {
  const { concurrency = 16 } = options
  const holder = randomUUID()
  const bell = createBell()
  const held = new Map<string, Held>()
  const pending = new Set<Promise<void>>()
  const stop = new AbortController()
  const stopping = () => stop.signal.aborted
  let running = 0
  /** Number of places that are offered. */
  let offered = 0
  /** The loop waits for a free place. */
  let isFull = false
  /** The loop found the queue empty, and waits for a bell. */
  let idle = false
  let heartbeat: NodeJS.Timeout | undefined

  const settle = coalesce<Settlement, void>(
    async (settlements) => {
      await store.settle(queue, holder, settlements)
      return settlements.map(() => undefined)
    },
    // Finished jobs may wait for another statement; many lanes, so that failed ones do not wait for them.
    { most: 512, lanes: 64 },
  )

  const run = attemptsAt(queue, handler, options, onError)

  const settlementOf = async (attempt: TakenAttempt): Promise<Settlement> => {
    const ended = await run(attempt)
    const { id } = attempt
    return ended.outcome === 'done'
      ? { id, outcome: 'done' }
      : { id, ...ended, error: errorText(ended.error) }
  }

  /** Records an outcome, with retries; while stopping, it is tried once, as another worker will run the job again. */
  const record = async (settlement: Settlement, job: Held): Promise<void> => {
    let pauses: BackOff | undefined
    for (;;) {
      try {
        job.settling = true
        const settled = settle(settlement)
        if (stopping()) setImmediate(() => store.flush?.())
        await settled
        return
      } catch (error) {
        job.settling = false
        onError(error)
        if (stopping()) return
        pauses ??= backOff({ most: longestPause })
        await pauses.wait(stop.signal)
      }
    }
  }

  const work = async (attempt: TakenAttempt, job: Held): Promise<void> => {
    running += 1
    const settlement = await settlementOf(attempt)
    running -= 1
    if (isFull) bell.ring()
    await record(settlement, job)
    held.delete(attempt.id)
    // An idle loop does not know yet when this job is due again.
    if (isFull || settlement.outcome === 'retry') bell.ring()
  }

  const start = (attempt: TakenAttempt, leasedAt: number): void => {
    const known = held.get(attempt.id)
    if (known) {
      // Its lease had expired and this worker took it again: the first run continues under the new lease.
      known.leasedAt = leasedAt
      return
    }
    const job: Held = { leasedAt, settling: false }
    held.set(attempt.id, job)
    heartbeat ??= setInterval(() => void extendLeases().catch(onError), store.lease / 4)
    const done = work(attempt, job).finally(() => pending.delete(done))
    pending.add(done)
  }

  /** Number of free places; jobs whose outcome is still to be recorded do not count, up to a limit. */
  const room = () => Math.min(concurrency - running - offered, concurrency * 2 + 64 - held.size)

  const fillPlaces = async (): Promise<void> => {
    isFull = true
    while (room() <= 0 && !stopping()) {
      if (running + offered < concurrency) store.flush?.()
      await bell.wait()
      bell.reset()
      // Jobs that end in the same turn of the event loop free their places together.
      await immediate()
    }
    isFull = false
    if (stopping()) return
    bell.reset()
    const most = room()
    const leasedAt = performance.now()
    const taken = await store.take(queue, holder, most)
    if (stopping()) {
      const ids = taken.attempts.map(({ id }) => id).filter((id) => !held.has(id))
      if (ids.length > 0) await store.release(queue, holder, ids)
      return
    }
    for (const attempt of taken.attempts) start(attempt, leasedAt)
    if (taken.attempts.length === most) return
    idle = true
    const { nextIn } = taken
    await bell.wait(nextIn !== undefined && nextIn < longestPause ? nextIn : undefined)
    idle = false
  }

  const loop = async (): Promise<void> => {
    const pauses = backOff({ most: longestPause })
    while (!stopping()) {
      try {
        await fillPlaces()
        pauses.reset()
      } catch (error) {
        onError(error)
        await pauses.wait(stop.signal)
      }
    }
  }

  const extendLeases = async (): Promise<void> => {
    if (held.size === 0) {
      clearInterval(heartbeat)
      heartbeat = undefined
      return
    }
    const now = performance.now()
    const old = [...held].filter(
      ([, { leasedAt, settling }]) => !settling && now - leasedAt > store.lease / 5,
    )
    if (old.length === 0) return
    const renewed = await store.extend(
      queue,
      holder,
      old.map(([id]) => id),
    )
    for (const id of renewed) {
      const job = held.get(id)
      if (job) job.leasedAt = now
    }
  }

  bells.add(queue, bell)
  const looping = loop()
  const stopped = async (): Promise<void> => {
    stop.abort()
    bell.ring()
    store.flush?.()
    await looping
    await Promise.all(pending)
    clearInterval(heartbeat)
    bells.remove(queue, bell)
  }
  let stopOnce: Promise<void> | undefined
  return {
    stop: () => (stopOnce ??= stopped()),
    offer: (most) => {
      const places = idle && !stopping() ? Math.min(most, room()) : 0
      if (places <= 0) return undefined
      offered += places
      const leasedAt = performance.now()
      const begun = Promise.withResolvers<void>()
      pending.add(begun.promise)
      return {
        holder,
        places,
        begin: async (attempts) => {
          offered -= places
          try {
            if (!stopping()) for (const attempt of attempts) start(attempt, leasedAt)
            else if (attempts.length > 0)
              await store.release(
                queue,
                holder,
                attempts.map(({ id }) => id),
              )
          } finally {
            pending.delete(begun.promise)
            begun.resolve()
          }
          if (isFull) bell.ring()
        },
      }
    },
  }
}
