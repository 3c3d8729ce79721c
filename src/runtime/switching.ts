import { setTimeout as pause } from 'node:timers/promises'
import type { DocumentStore, Generation } from '../platform/storage/documents/port.ts'
import { beginComparing, type Comparing, type ComparingPace } from './comparing.ts'

/** A generation that is being run. */
export type Run = {
  readonly generation: Generation
  /** Resolves once it has caught up with the log for the first time. */
  readonly caughtUp: Promise<void>
  /** @returns its position then */
  readonly stop: () => Promise<bigint>
}

/** The runs of a read model after a step towards a switch; without `building`, its generation was published. */
type Runs = { readonly live: Run | undefined; readonly building: Run | undefined }

/** Compares the generation of a read model that was built with the live one, step by step, and switches to it. */
export type Switching = {
  /**
   * Resolves once a generation has caught up with the log and a step may follow: folding pauses half of the time at most.
   * @returns undefined when the signal is aborted before
   */
  readonly ready: (building: Run, signal: AbortSignal) => Promise<'ready' | undefined>
  /**
   * Brings both generations to the same position, and compares them there for a moment. Once all of their documents are
   * compared, the new one is published; until then both are folded on.
   * @param live undefined when today's rules cannot fold the live generation
   * @param old the live generation
   * @param over ends the runs that are started, whatever else they wait for
   */
  readonly switchTo: (
    building: Run,
    live: Run | undefined,
    old: Generation,
    over: AbortSignal,
  ) => Promise<Runs>
  /** Begins comparisons anew: others may have written the generations meanwhile. */
  readonly restart: () => void
}

/**
 * @param deps.start starts a run, that of the live generation or another, up to a position if one is given
 * @param deps.isThere whether a generation has documents to compare
 * @param deps.check throws when this process may not write the read model any more: publishing is guarded by no position
 */
export const switching = ({
  documents,
  start,
  isThere,
  check,
  pace,
}: {
  readonly documents: Pick<DocumentStore, 'compare' | 'position' | 'publish' | 'saveComparison'>
  readonly start: (
    generation: Generation,
    isLive: boolean,
    over: AbortSignal,
    until?: bigint,
  ) => Run
  readonly isThere: (generation: Generation) => Promise<boolean>
  readonly check: (over: AbortSignal) => void
  readonly pace: ComparingPace
}): Switching => {
  let comparing: Comparing | undefined
  /** When the comparison may go on, in ms of the monotonic clock. */
  let notBefore = 0

  return {
    ready: async (building, signal) => {
      await building.caughtUp
      const rest = notBefore - performance.now()
      if (rest > 0) await pause(rest, undefined, { signal }).catch(() => undefined)
      return signal.aborted ? undefined : 'ready'
    },

    switchTo: async (building, live, old, over) => {
      const begun = performance.now()
      const next = building.generation
      const oldAt = (await live?.stop()) ?? (await documents.position(old))
      const nextAt = await building.stop()
      if (nextAt < oldAt) await start(next, false, over, oldAt).stop()
      if (live && oldAt < nextAt) await start(old, true, over, nextAt).stop()
      check(over)
      if (await isThere(old)) {
        if (comparing?.next.generation !== next.generation)
          comparing = beginComparing(documents, old, next, { ...pace, check: () => check(over) })
        const comparison = await comparing.goOn()
        if (!comparison) {
          const now = performance.now()
          // Without a live run, no reader waits for what a pause delays.
          notBefore = live ? now + (now - begun) : now
          return {
            live: live && start(old, true, over),
            building: start(next, false, over),
          }
        }
        await documents.saveComparison(next, comparison)
      }
      check(over)
      await documents.publish(next)
      comparing = undefined
      notBefore = 0
      return { live: undefined, building: undefined }
    },

    restart: () => {
      comparing = undefined
      notBefore = 0
    },
  }
}
