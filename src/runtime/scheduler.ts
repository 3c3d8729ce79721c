import { bell } from '../platform/bell.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import type { Feed } from './feed.ts'
import { runUnderLease } from './run-under-lease.ts'

/** Longest time without a run of an idle chore, in ms: read models may lag behind the log for longer than `settlesWithin`. */
const longestIdle = 15_000

/** Time after the last event for a chore in which it is not idle, in ms: what it reads follows the log after a while. */
const settlesWithin = 5_000

/** Pauses, until the signal at most. @param ms time in ms */
const pause = (ms: number, signal: AbortSignal): Promise<void> => bell().listen()(ms, signal)

/** Result of a run that found nothing to do: only an event, or time, can make work. */
export type Idle = {
  /** Returns the time until the next thing is due, in ms; Infinity where only an event of the chore's types makes work. */
  readonly dueIn: () => Promise<number>
}

/** Periodic work. */
export type Chore = {
  readonly name: string
  /** The shortest pause before a run, in ms. */
  readonly every: number
  /** Types of the events that can make work for it. Default: all. */
  readonly types?: readonly string[]
  /** @returns `Idle` to leave out runs until such an event is recorded, or something is due */
  readonly run: () => Promise<Idle | void>
}

/**
 * Runs a chore periodically, in one process at a time, and more seldom while it is idle: when something is due, when an event
 * of its types is recorded, and every 15 s. A failure is reported, and the chore runs again when it is next due.
 * @returns when the signal is aborted
 */
export const schedule = async (
  { name, every, types, run }: Chore,
  signal: AbortSignal,
  {
    leases,
    feed,
    onError,
  }: {
    readonly leases: Pick<Leases, 'acquire'>
    readonly feed: Pick<Feed, 'read' | 'head'>
    readonly onError: (error: unknown) => void
  },
): Promise<void> =>
  runUnderLease(
    `chore:${name}`,
    signal,
    async (held) => {
      const moves = bell()
      const reported = (error: unknown): undefined => {
        onError(error)
      }
      let movedAt = performance.now()
      const news = feed.read(feed.head(), { ...(types && { types }), onPending: moves.ring })
      /** Passes the events so far. */
      const catchUp = (): void => {
        if (news.isPending()) movedAt = performance.now()
        news.moveTo(feed.head())
      }
      try {
        for (;;) {
          await pause(every, held.signal)
          if (held.signal.aborted || !held.isHeld()) return
          catchUp()
          const moved = moves.listen()
          const began = performance.now()
          const idle = await run().catch(reported)
          // What counts is when the run read: an event since then, or shortly before, may not have been among it.
          if (!idle || news.isPending() || began - movedAt < settlesWithin) continue
          const dueIn = (await idle.dueIn().catch(reported)) ?? 0
          const idleMs = Math.min(dueIn, longestIdle) - every
          if (idleMs > 0) await moved(idleMs, held.signal)
        }
      } finally {
        news.close()
      }
    },
    { leases, onError },
  )
