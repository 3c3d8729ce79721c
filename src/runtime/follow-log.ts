import { setTimeout as pause } from 'node:timers/promises'
import type { Checkpoints } from '../platform/storage/checkpoints/port.ts'
import type { Slice } from '../platform/storage/event-log/port.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import type { Feed } from './feed.ts'
import { readForAllVersions, type NewerEvents } from './newer-events.ts'
import { operatorRequests } from './operator-requests.ts'
import { runUnderLease, type Held } from './run-under-lease.ts'

/**
 * A checkpoint begins to be saved within so many ms; what came after it is taken in again after a crash. Past what a
 * follower does not read it is saved seldom, as that costs nothing to pass again.
 */
const saveWithin = { concerned: 250, unconcerned: 5_000 }

/** What a follower does, from when it holds its lease until it loses it. */
export type Follows = {
  /**
   * Takes in a slice. The checkpoint passes it when this and all earlier ones have resolved.
   * @throws only what ends this run: it begins again from the checkpoint after a pause
   */
  readonly take: (slice: Slice) => Promise<void>
  /** Called between slices when an operator may have changed something. */
  readonly news?: (position: bigint) => Promise<void>
}

/**
 * Follows the log from a checkpoint, one process at a time, and begins again after every failure: at least once.
 * @param begin called with the signal of each run
 * @param window so many slices may be under way at once, default 1
 * @param pace at the head, slices with something in them are at least so many ms apart, so that more share one
 * @param newer finds events that a newer version has to take: the lease is handed over before the first of them
 * @returns when the signal says so
 */
export const followLog = async (
  name: string,
  signal: AbortSignal,
  {
    types,
    feed,
    leases,
    checkpoints,
    control,
    begin,
    onError,
    newer,
    window = 1,
    pace = 0,
  }: {
    readonly types: readonly string[]
    readonly feed: Feed
    readonly leases: Leases
    readonly checkpoints: Checkpoints
    readonly control: Control
    readonly begin: (signal: AbortSignal) => Promise<Follows>
    readonly onError: (error: unknown) => void
    readonly newer: NewerEvents
    readonly window?: number
    readonly pace?: number
  },
): Promise<void> => {
  const run = async ({ signal: until, isHeld }: Held): Promise<void> => {
    const ended = new AbortController()
    const over = AbortSignal.any([until, ended.signal])
    const { take, news } = await begin(over)
    let saved = await checkpoints.load(name)
    const reader = readForAllVersions(name, types, saved, feed, newer)
    /** Everything up to here has been taken in. */
    let passed = saved
    /** So many slices have not been taken in yet. */
    let open = 0
    let underWay: Promise<void>[] = []

    const save = async (): Promise<void> => {
      // What does not concern the follower is saved while nothing is under way, and may be behind `passed` by now.
      const to = open === 0 ? reader.position() : passed > saved ? passed : saved
      // Whoever holds the lease by now goes on from what is saved, and would stumble over what comes late.
      if (to === saved || !isHeld()) return
      if (!(await checkpoints.save(name, saved, to)))
        throw new Unavailable(`${name} is run by someone else`)
      saved = to
    }
    let saving: Promise<void> = Promise.resolve()
    const saveNow = (): void => {
      saving = saving.then(save)
      saving.catch((error: unknown) => ended.abort(error))
    }
    let timer: NodeJS.Timeout | undefined
    const saveSoon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined
        saveNow()
      }, saveWithin.concerned)
    }
    const stopSaving = feed.onMoved(saveWithin.unconcerned, saveNow)

    const requests = news && operatorRequests(control, over)

    let chain = Promise.resolve()
    try {
      while (!over.aborted) {
        if (requests?.isPending()) {
          requests.answering()
          await chain
          await news?.(reader.position())
        }
        const found = await (requests?.unlessPending(reader.next) ?? reader.next(over))
        if (!found || !isHeld()) continue
        const { slice } = found
        // Together, so that no checkpoint is saved in between.
        reader.moveTo(slice.position)
        open += 1
        const taken = take(slice)
        chain = Promise.all([chain, taken]).then(() => {
          passed = slice.position
          open -= 1
          saveSoon()
        })
        chain.catch((error: unknown) => ended.abort(error))
        if (found.newer) {
          await chain
          throw found.newer
        }
        underWay.push(chain)
        if (underWay.length > window) await underWay.shift()
        if (pace > 0 && slice.caughtUp && slice.events.length > 0)
          await pause(pace, undefined, { signal: requests?.signal() ?? over }).catch(
            () => undefined,
          )
      }
      over.throwIfAborted()
    } finally {
      // What is under way may finish; what it finished counts.
      await Promise.allSettled(underWay)
      ended.abort()
      stopSaving()
      clearTimeout(timer)
      await Promise.allSettled([saving, requests?.close()])
      await save().catch(onError)
      reader.close()
      underWay = []
    }
  }

  await runUnderLease(name, signal, run, { leases, onError })
}
