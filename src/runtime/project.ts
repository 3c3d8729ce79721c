import type { AnyProjection } from '#kernel'
import type { DeadLetters } from '../platform/storage/dead-letters/port.ts'
import {
  GenerationMissing,
  type DocumentStore,
  type Generation,
  type GenerationRecord,
} from '../platform/storage/documents/port.ts'
import type { Lease, Leases } from '../platform/messaging/leases/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import { defaultPace, type ComparingPace } from './comparing.ts'
import type { Feed } from './feed.ts'
import type { Writers } from './grouped-writer.ts'
import { projectGeneration, type GenerationRun } from './project-generation.ts'
import type { Progress } from './progress.ts'
import { handOverMs, runUnderLease } from './run-under-lease.ts'
import { switching, type Run } from './switching.ts'
import type { Following } from './traced-followers.ts'

/** How long a read model is left to a newer version before that one is assumed to be rolled back, in ms. */
const leftToNewer = 30_000

/** A newer version of a projection has built the read model: this version does not take it back. */
class NewerProjection extends Error {
  override name = 'NewerProjection'
}

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
  /** Pace at which generations are compared; default: `defaultPace`. */
  readonly pace?: ComparingPace
}

/**
 * Keeps one read model up to date, for as long as this process holds its lease; waits for the lease otherwise.
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
    pace = defaultPace,
  }: Projecting,
): Promise<void> => {
  const { name, version } = projection
  const trace = traceBy?.(`project ${name}`)

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
        begun: (run) => progress.runs(name, run),
        moved: () => progress.moved(name),
        trace,
      }),
      ...(isLive && until === undefined && { writer: writers(generation.store) }),
      caughtUp: reached.resolve,
      onError: (error) => onError(error, name),
      ...(until !== undefined && { until }),
    })
    running.catch(failed)
    return {
      generation,
      caughtUp: reached.promise,
      stop: () => {
        if (until === undefined) stopping.abort()
        return running
      },
    }
  }

  /** Drops a generation; where its store is away, the next look tries again: it may hold personal data. */
  const drop = (generation: Generation): Promise<void> =>
    documents.drop(generation).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error
      onError(error, name)
    })

  const dropRetired = async (records: readonly GenerationRecord[]): Promise<void> => {
    for (const { generation, store, status } of records)
      if (status === 'retired') await drop({ projection, generation, store })
  }

  /**
   * Whether a store still has a generation. One in a store that its read model leaves counts as lost while that store is
   * away: the log is enough to build the next.
   */
  const isThere = (generation: Generation): Promise<boolean> =>
    documents.has(generation).catch((error: unknown) => {
      if (!(error instanceof Unavailable) || generation.store === documents.storeFor(projection))
        throw error
      onError(error, name)
      return false
    })

  const { ready, switchTo, restart } = switching({
    documents,
    start,
    isThere,
    pace,
    check: (over) => {
      isHeld()
      over.throwIfAborted()
    },
  })

  const firstGeneration = async (): Promise<Generation> => {
    const first = await documents.begin(projection)
    await documents.publish(first)
    return first
  }

  /** Whether today's rules can fold the live generation: they built it, and its store still has it. */
  const isFoldable = async (
    live: Generation,
    records: readonly GenerationRecord[],
  ): Promise<boolean> => {
    const hasLive = await isThere(live)
    if (!hasLive)
      onError(
        new GenerationMissing(`${name} is no longer in ${live.store}: it is built anew`),
        name,
      )
    return (
      hasLive &&
      records.some((record) => record.generation === live.generation && record.version === version)
    )
  }

  /**
   * The generation to build beside the live one: one that an operator asked for, that a new version or another store
   * needs, or that replaces one whose documents are lost.
   */
  const whatToBuild = async (
    records: readonly GenerationRecord[],
    isLiveCurrent: boolean,
  ): Promise<Generation | undefined> => {
    const store = documents.storeFor(projection)
    const begun = records.filter(({ status }) => status === 'building')
    let next: Generation | undefined
    let isLost = false
    for (const record of begun) {
      const generation = { projection, generation: record.generation, store: record.store }
      const isOurs = record.version === version && record.store === store
      if (isOurs && (await documents.has(generation))) next ??= generation
      else {
        await drop(generation)
        // Its engine has lost it, or has not created it yet: it was requested all the same.
        isLost ||= isOurs
      }
    }
    return next ?? (isLiveCurrent && !isLost ? undefined : documents.begin(projection))
  }

  /** Since when it is left to a newer version, ms of the monotonic clock. */
  let leftSince: number | undefined

  /**
   * Leaves a read model to the newer version that has built it, which may wait for the lease; when nobody has taken it
   * for a while, it was rolled back on purpose.
   * @throws NewerProjection
   */
  const leaveToNewer = (records: readonly GenerationRecord[]): void => {
    const newer = records.find(
      ({ status, version: theirs }) => status !== 'retired' && theirs > version,
    )
    if (!newer) return
    leftSince ??= performance.now()
    if (performance.now() - leftSince < leftToNewer)
      throw new NewerProjection(
        `${name} was built by its version ${newer.version}; this process has version ${version} and leaves it to a newer one`,
      )
  }

  const hold = async (signal: AbortSignal): Promise<void> => {
    leaveToNewer(await documents.generations(name))
    restart()
    const broken = new AbortController()
    failed = (error) => broken.abort(error)
    const until = AbortSignal.any([signal, broken.signal])
    const published = (await documents.live(projection)) ?? (await firstGeneration())
    if (await isThere(published)) await documents.create(published)
    let current = published
    let live: Run | undefined
    let building: Run | undefined
    try {
      while (!until.aborted) {
        const news = control.news.listen()
        let look = lookEvery
        if ((await control.paused()).has(name)) {
          await Promise.all([live?.stop(), building?.stop()])
          live = building = undefined
        } else if (isHeld()) {
          const records = await documents.generations(name)
          const isCurrent = await isFoldable(current, records)
          // A generation of another version is not folded with today's rules; it answers until the new one is there.
          if (isCurrent) live ??= start(current, true, until)
          try {
            await dropRetired(records)
            const isInPlace = isCurrent && current.store === documents.storeFor(projection)
            const next = await whatToBuild(records, isInPlace)
            if (next) building ??= start(next, false, until)
          } catch (error) {
            // The store of the next generation may be away: the live one goes on.
            if (!live || !(error instanceof Unavailable)) throw error
            onError(error, name)
            look = lookAgain
          }
        }

        const wake = new AbortController()
        const over = AbortSignal.any([until, wake.signal])
        const first = await Promise.race([
          ...(building ? [ready(building, over)] : []),
          news(look, over),
        ])
        wake.abort()
        if (first === 'ready' && building) {
          const next = building
          ;({ live, building } = await switchTo(next, live, current, until))
          if (building) continue
          current = next.generation
          progress.replaced(name)
          await dropRetired(await documents.generations(name))
          live = start(current, true, until)
        }
      }
      broken.signal.throwIfAborted()
    } finally {
      await Promise.allSettled([live?.stop(), building?.stop()])
      progress.left(name)
    }
  }

  await runUnderLease(
    `projection:${name}`,
    signal,
    async (held) => {
      // Another process has held it meanwhile.
      if (held.waitedMs > handOverMs / 2) leftSince = undefined
      isHeld = held.isHeld
      await hold(held.signal)
    },
    {
      leases,
      isLeftToNewer: (error) => error instanceof NewerVersion || error instanceof NewerProjection,
      onError: (error) => onError(error, name),
    },
  )
}
