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
 * Delays in ms after which a checkpoint is saved; after a crash the events behind it are processed again. Past events that
 * a follower does not read it is saved seldom, as these cost nothing to pass again.
 */
const saveWithin = { concerned: 250, unconcerned: 5_000 }

/** The work of a follower under one lease. */
export type Follows = {
  /**
   * Processes a slice. The checkpoint passes it when this and all earlier ones have resolved.
   * @throws only what ends this run: the follower restarts from the checkpoint after a pause
   */
  readonly take: (slice: Slice) => Promise<void>
  /** Called between slices when there may be a request of an operator. */
  readonly news?: (position: bigint) => Promise<void>
}

/**
 * Follows the log from a stored checkpoint, one process at a time, under a lease; restarts after every failure, so that
 * each event is processed at least once. At most `window` slices are processed at once: more wait in the log.
 * @param begin called with the signal of each run
 * @param window the number of slices processed at once, default 1
 * @param pace at the head, the least time between slices with events, in ms, so that more events share one
 * @param newer finds events that a newer version has to take: the lease is handed over before the first of them
 * @returns when the signal is aborted
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
    /** Everything up to here has been processed. */
    let passed = saved
    /** The number of slices being processed. */
    let open = 0
    const underWay: Promise<void>[] = []

    const save = async (): Promise<void> => {
      // While a slice is processed, the reader's position is ahead of what may be saved.
      const to = open === 0 ? reader.position() : passed > saved ? passed : saved
      // The next holder of the lease continues from the saved checkpoint, and would fail if it moved afterwards.
      if (to === saved || !isHeld()) return
      if (!(await checkpoints.save(name, saved, to)))
        throw new Unavailable(`${name} is run by another process`)
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
          // A letter that is resolved is the only trace of its event: nothing before it may be read again.
          saveNow()
          await saving
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
        if (underWay.length >= window) await underWay.shift()
        if (pace > 0 && slice.caughtUp && slice.events.length > 0)
          await pause(pace, undefined, { signal: requests?.signal() ?? over }).catch(
            () => undefined,
          )
      }
      over.throwIfAborted()
    } finally {
      // Slices in progress may finish, and count.
      await Promise.allSettled(underWay)
      ended.abort()
      stopSaving()
      clearTimeout(timer)
      await Promise.allSettled([saving, requests?.close()])
      await save().catch(onError)
      reader.close()
    }
  }

  await runUnderLease(name, signal, run, { leases, onError })
}
