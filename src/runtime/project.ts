import type { AnyProjection, RecordedEvent } from '#kernel'
import type { DeadLetters } from '../platform/storage/dead-letters/port.ts'
import type {
  DocumentStore,
  Gate,
  Generation,
  GenerationRecord,
} from '../platform/storage/documents/port.ts'
import type { Lease, Leases } from '../platform/messaging/leases/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import { isBuilding, type Building } from './building.ts'
import { defaultPace, type ComparingPace } from './comparing.ts'
import type { History } from './explain-difference.ts'
import type { Feed } from './feed.ts'
import type { Freshness } from './freshness.ts'
import { generationRecords, NewerProjection } from './generation-records.ts'
import type { Writers } from './grouped-writer.ts'
import { projectGeneration, type GenerationRun } from './project-generation.ts'
import type { Progress } from './progress.ts'
import { handOverMs, runUnderLease } from './run-under-lease.ts'
import { switching, type Run } from './switching.ts'
import type { Following } from './traced-followers.ts'

/** After a store could not be reached, what is to be built there is looked for again after so many ms. */
const lookAgain = 2_000

/** Changes of operators are announced; without an announcement they are looked for after so many ms. */
const lookEvery = 60_000

export type Projecting = {
  readonly feed: Feed
  readonly documents: DocumentStore
  /** Writes live generations together with those of other projections in the same store. */
  readonly writers: Writers
  readonly letters: DeadLetters
  readonly leases: Leases
  readonly control: Control
  readonly catalogue: GenerationRun['catalogue']
  readonly progress: Progress
  readonly onError: (error: unknown, projection: string) => void
  /** Traces what live generations write. @param name of the spans. Default: untraced */
  readonly trace?: ((name: string) => Following) | undefined
  /** Judges the events that live generations take in. Default: they are not judged. */
  readonly freshness?: Pick<Freshness, 'taken'>
  /** Pace at which generations are compared; default: `defaultPace`. */
  readonly pace?: ComparingPace
  /** Explains differences that a gate has found; default: they are not explained. */
  readonly log?: History
  /** Time of reports; default: that of this process. */
  readonly clock?: (() => Date) | undefined
  /** Gate of a generation of a read model that is begun without an operator; default: none. */
  readonly gateOf?: ((name: string) => Gate | undefined) | undefined
  /** Number of runners that fold the live generation, each a part of its documents; default 1. */
  readonly runners?: number
  /** Interval at which a process looks for further parts that nobody runs, in ms; default 1,000. */
  readonly lookForPartsMs?: number
}

/**
 * Keeps one read model up to date, for as long as this process holds its lease; waits for the lease otherwise. With
 * several runners, it folds parts as well for which it holds leases, whichever process manages the generations.
 * A rebuild, or a new version of the projection, is built beside the live generation, compared with it, and published.
 * @returns when the signal is aborted, and everything is stopped
 */
export const project = async (
  projection: AnyProjection,
  signal: AbortSignal,
  {
    feed,
    documents,
    writers,
    letters,
    leases,
    control,
    catalogue,
    progress,
    onError,
    trace: traceBy,
    freshness,
    pace = defaultPace,
    log,
    clock,
    gateOf,
    runners = 1,
    lookForPartsMs,
  }: Projecting,
): Promise<void> => {
  const { name } = projection
  const trace = traceBy?.(`project ${name}`)
  const taken =
    freshness && ((events: readonly RecordedEvent[]) => freshness.taken(projection, events))
  const records = generationRecords({
    projection,
    documents,
    gateOf,
    onError: (error) => onError(error, name),
  })

  /** Called when a run cannot begin, or ends with an error. */
  let failed: (error: unknown) => void = () => undefined
  /** Whether the lease is held at this moment. */
  let isHeld: Lease['isHeld'] = () => false

  /** @param over ends the run, whatever else it waits for */
  const start = (
    generation: Generation,
    isLive: boolean,
    over: AbortSignal,
    until?: bigint,
  ): Run => {
    const stopping = new AbortController()
    const reached = Promise.withResolvers<void>()
    const running = projectGeneration(generation, {
      feed,
      documents,
      letters,
      control,
      isHeld: () => isHeld(),
      catalogue,
      signal: AbortSignal.any([stopping.signal, over]),
      ...(isLive && {
        ...(!generation.part && {
          begun: (run) => progress.runs(name, run, generation.projection.version),
        }),
        moved: () => progress.moved(name),
        trace,
        taken,
      }),
      ...(isLive && until === undefined && { writer: writers(generation.store) }),
      caughtUp: reached.resolve,
      onError: (error) => onError(error, name),
      ...(until !== undefined && { until }),
    })
    running.catch(failed)
    if (until !== undefined) void running.then(() => reached.resolve()).catch(() => undefined)
    return {
      generation,
      caughtUp: reached.promise,
      stop: () => {
        stopping.abort()
        return running
      },
      ended: running,
    }
  }

  /** @throws when the lease is lost, or the run is over: what it would do next is guarded by no position */
  const check = (over: AbortSignal): void => {
    isHeld()
    over.throwIfAborted()
  }

  const { ready, switchTo, restart } = switching({
    documents,
    start,
    presenceOf: records.presenceOf,
    pace,
    log,
    clock,
    check,
  })

  /** Makes the live generation whole again; does nothing where it is. */
  const gather = async (generation: Generation, over: AbortSignal): Promise<bigint> => {
    const { gatherParts } = await import('./gather-parts.ts')
    return gatherParts(generation, {
      documents,
      foldTo: (part, to) => start(part, true, over, to).ended,
      check: () => check(over),
    })
  }

  const isDivided = async ({ store }: Generation): Promise<boolean> =>
    runners > 1 &&
    (await import('./parts.ts')).whyWhole(projection, store === 'postgres') === undefined

  /**
   * Makes a generation stand still that processes of another version may fold in parts.
   * @returns its position; undefined where its documents are lost
   */
  const standStill = async (
    generation: Generation,
    over: AbortSignal,
  ): Promise<bigint | undefined> => {
    if ((await records.presenceOf(generation)) === 'lost') return undefined
    check(over)
    await documents.hold(generation)
    return documents.position(generation)
  }

  /** Runs the live generation: in parts, if the read model has several runners. */
  const startLive = async (
    generation: Generation,
    record: GenerationRecord | undefined,
    over: AbortSignal,
  ): Promise<Run> => {
    if (await isDivided(generation))
      return (await import('./run-split.ts')).runSplit(generation, runners, over, {
        documents,
        letters,
        control,
        gather: () => gather(generation, over),
        check: () => check(over),
        runWhole: () => start(generation, true, over),
        left: () => progress.left(name),
        failed,
      })
    if (record?.parts) await gather(generation, over)
    return start(generation, true, over)
  }

  const hold = async (signal: AbortSignal): Promise<void> => {
    records.leaveToNewer(await documents.generations(name))
    restart()
    const broken = new AbortController()
    failed = (error) => broken.abort(error)
    const until = AbortSignal.any([signal, broken.signal])
    let current = await records.published()
    if (await records.isThere(current)) await documents.create(current)
    let live: Run | undefined
    let building: Run | undefined
    try {
      while (!until.aborted) {
        const news = control.news.listen()
        let look = lookEvery
        let next: Building | undefined
        if ((await control.paused()).has(name)) {
          await Promise.all([live?.stop(), building?.stop()])
          // The process that ran it before may have left it in parts.
          if (!live && isHeld()) await documents.hold(current)
          live = building = undefined
          if (isHeld()) await records.dropDiscarded(await documents.generations(name))
        } else if (isHeld()) {
          const known = await documents.generations(name)
          const isCurrent = await records.isFoldable(current, known)
          // A generation of another version is not folded with today's rules; it answers until the new one is there.
          if (isCurrent)
            live ??= await startLive(
              current,
              known.find(({ generation }) => generation === current.generation),
              until,
            )
          if (building && !isBuilding(known, building.generation)) {
            await building.stop()
            building = undefined
            restart()
          }
          try {
            await records.dropRetired(known)
            await records.dropDiscarded(known)
            const isInPlace = isCurrent && current.store === documents.storeFor(projection)
            next = await records.toBuild(known, isInPlace)
            // One that is judged by its gate does not pass the live generation, where that cannot be folded.
            const standsAt =
              next && !building && next.step?.does === 'judge' && !isCurrent
                ? await standStill(current, until)
                : undefined
            if (next) building ??= start(next.generation, false, until, standsAt)
          } catch (error) {
            // The store of the next generation may be away: the live one goes on.
            if (!live || !(error instanceof Unavailable)) throw error
            onError(error, name)
            look = lookAgain
          }
        }

        const wake = new AbortController()
        const over = AbortSignal.any([until, wake.signal])
        const step = next?.step
        const first = await Promise.race([
          ...(building && step ? [ready(building, over)] : []),
          news(look, over),
        ])
        wake.abort()
        if (first === 'ready' && building && step) {
          const { generation } = building
          ;({ live, building } = await switchTo(building, live, current, until, step))
          if (building) continue
          current = generation
          progress.replaced(name)
          await records.dropRetired(await documents.generations(name))
          live = await startLive(current, undefined, until)
        }
      }
      broken.signal.throwIfAborted()
    } finally {
      // Parts stay with their runners: only a run that goes on may gather them.
      broken.abort()
      await Promise.allSettled([live?.stop(), building?.stop()])
      progress.left(name)
    }
  }

  const managed = runUnderLease(
    `projection:${name}`,
    signal,
    async (held) => {
      // Another process has held it meanwhile.
      if (held.waitedMs > handOverMs / 2) records.takenBetween()
      isHeld = held.isHeld
      await hold(held.signal)
    },
    {
      leases,
      isLeftToNewer: (error) => error instanceof NewerVersion || error instanceof NewerProjection,
      onError: (error) => onError(error, name),
    },
  )
  const parts =
    runners > 1 &&
    (await import('./run-parts.ts')).runParts(projection, runners, signal, {
      feed,
      documents,
      letters,
      leases,
      control,
      catalogue,
      moved: () => progress.moved(name),
      onError: (error) => onError(error, name),
      trace,
      taken,
      ...(lookForPartsMs !== undefined && { pauseMs: lookForPartsMs }),
    })
  await Promise.all([managed, parts])
}
