import { setTimeout as pause } from 'node:timers/promises'
import {
  GenerationDiscarded,
  type Comparison,
  type DocumentStore,
  type Gate,
  type Generation,
  type RebuildReport,
} from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { beginComparing, type Comparing, type ComparingPace } from './comparing.ts'
import type { History } from './explain-difference.ts'
import { beginGatedComparing } from './gated-comparing.ts'
import { lostReport, opens } from './rebuild-report.ts'

/** A generation that is being run. */
export type Run = {
  readonly generation: Generation
  /** Resolves once it has caught up with the log for the first time. */
  readonly caughtUp: Promise<void>
  /** Ends it. @returns its position then */
  readonly stop: () => Promise<bigint>
  /** Resolves once it has ended, at the position up to which it was started or before. */
  readonly ended: Promise<bigint>
}

/** Whether the documents of a generation are in their store, which may be away. */
export type Presence = 'there' | 'away' | 'lost'

/** The next step of a generation that is built. */
export type Step =
  /** Compare it, and publish it whatever was found. */
  | { readonly does: 'compare' }
  /** Compare it in detail, and publish it if the gate opens. */
  | { readonly does: 'judge'; readonly gate: Gate }
  /** Publish it, as an operator has requested. */
  | { readonly does: 'publish' }

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
   * compared, the new one is published, unless its gate stays closed; until then both are folded on. Where the documents of
   * the live one are lost, nothing is compared: only a gate without a number of differences stays closed.
   * @param live undefined when today's rules cannot fold the live generation
   * @param old the live generation
   * @param over ends the runs that are started, whatever else they wait for
   * @throws Unavailable where a gate has to be judged while the store of the live generation is away
   */
  readonly switchTo: (
    building: Run,
    live: Run | undefined,
    old: Generation,
    over: AbortSignal,
    step: Step,
  ) => Promise<Runs>
  /** Begins comparisons anew: others may have written the generations meanwhile. */
  readonly restart: () => void
}

const mapped = <From, To>(
  { next, goOn }: Comparing<From>,
  map: (found: From) => To,
): Comparing<To> => ({
  next,
  goOn: async (position) => {
    const found = await goOn(position)
    return found === undefined ? undefined : map(found)
  },
})

/**
 * @param deps.start starts a run, that of the live generation or another, up to a position if one is given
 * @param deps.presenceOf whether the documents of a generation are there
 * @param deps.log explains differences by events; without one, none is explained
 * @param deps.check throws when this process may not write the read model any more: publishing is guarded by no position
 */
export const switching = ({
  documents,
  start,
  presenceOf,
  check,
  pace,
  log,
  clock = () => new Date(),
}: {
  readonly documents: Pick<
    DocumentStore,
    'compare' | 'scan' | 'position' | 'publish' | 'saveComparison' | 'saveGateState'
  >
  readonly start: (
    generation: Generation,
    isLive: boolean,
    over: AbortSignal,
    until?: bigint,
  ) => Run
  readonly presenceOf: (generation: Generation) => Promise<Presence>
  readonly check: (over: AbortSignal) => void
  readonly pace: ComparingPace
  readonly log: History | undefined
  readonly clock?: (() => Date) | undefined
}): Switching => {
  let comparing:
    | Comparing<{ readonly counts: Comparison; readonly report?: RebuildReport }>
    | undefined
  /** When the comparison may go on, in ms of the monotonic clock. */
  let notBefore = 0

  const restart = (): void => {
    comparing = undefined
    notBefore = 0
  }

  const begin = async (
    old: Generation,
    next: Generation,
    step: Step,
    over: AbortSignal,
  ): Promise<NonNullable<typeof comparing>> => {
    const paced = { ...pace, check: () => check(over) }
    if (step.does === 'judge') {
      await documents.saveGateState(next, 'comparing')
      const { gate } = step
      const inDetail = beginGatedComparing(documents, old, next, { ...paced, gate, log, clock })
      return mapped(inDetail, (report) => ({ counts: report, report }))
    }
    return mapped(beginComparing(documents, old, next, paced), (counts) => ({ counts }))
  }

  return {
    ready: async (building, signal) => {
      await building.caughtUp
      const rest = notBefore - performance.now()
      if (rest > 0) await pause(rest, undefined, { signal }).catch(() => undefined)
      return signal.aborted ? undefined : 'ready'
    },

    switchTo: async (building, live, old, over, step) => {
      const begun = performance.now()
      const next = building.generation
      const oldAt = (await live?.stop()) ?? (await documents.position(old))
      const nextAt = await building.stop()
      if (nextAt < oldAt) await start(next, false, over, oldAt).ended
      if (live && oldAt < nextAt) await start(old, true, over, nextAt).ended
      check(over)
      const position = nextAt < oldAt ? oldAt : nextAt
      const again = (until?: bigint): Runs => ({
        live: live && start(old, true, over),
        building: start(next, false, over, until),
      })
      const presence = step.does === 'publish' ? undefined : await presenceOf(old)
      if (presence === 'away' && step.does === 'judge')
        throw new Unavailable(`${old.store} is away: ${old.projection.name} is not compared`)
      if (presence === 'lost' && step.does === 'judge' && step.gate.maxDifferences === undefined) {
        const report = lostReport(next.projection, clock().toISOString(), position)
        await documents.saveGateState(next, 'waiting', report)
        restart()
        return again()
      }
      if (presence === 'there') {
        if (comparing?.next.generation !== next.generation)
          comparing = await begin(old, next, step, over)
        const found = await comparing.goOn(position)
        if (!found) {
          const now = performance.now()
          // Without a live run, no reader waits for what a pause delays.
          notBefore = live ? now + (now - begun) : now
          // A live generation that cannot be folded is compared where it stands.
          return again(live || step.does === 'compare' ? undefined : position)
        }
        if (step.does === 'judge' && found.report) {
          const isOpen = opens(step.gate, found.report)
          // Until it is published, it counts as not compared: a process that ends here leaves the decision to the next.
          await documents.saveGateState(next, isOpen ? 'comparing' : 'waiting', found.report)
          if (!isOpen) {
            restart()
            return again()
          }
        } else await documents.saveComparison(next, found.counts)
      }
      check(over)
      try {
        await documents.publish(next)
      } catch (error) {
        // Discarded meanwhile: the next look drops it.
        if (!(error instanceof GenerationDiscarded)) throw error
        restart()
        return again()
      }
      restart()
      return { live: undefined, building: undefined }
    },

    restart,
  }
}
