import type { AnyProjection, Projection } from '#kernel'
import type { PositionNews } from '../platform/messaging/position-news/port.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import { announcedPositions, unannounced } from './announced-positions.ts'
import type { Feed } from './feed.ts'
import { NotCaughtUp, type ReachOptions } from './reading.ts'

/** The interval at which the position of a read model run by another process is polled during a wait, in ms. */
const pollEvery = 20

/** The same where that process announces positions, in ms: an announcement may be lost. */
const pollAnnouncedEvery = 250

/** The default time after which a wait fails, in ms: well below the time limit of a request. */
const defaultTimeout = 5_000

/** How long a read waits for the first generation, in ms: one in PostgreSQL is there a moment after the start. */
const firstGenerationTimeout = 1_000

/** A projection that is run in this process. */
export type RunHere = {
  /** Everything up to here is in the read model, and durable. */
  readonly position: () => bigint
  /** A document as it is in the read model, if it is in memory; `document` is undefined where there is none. */
  readonly cached: (key: string) => { readonly document: unknown } | undefined
  /**
   * Requests that events up to a position are written at once, whatever delay the projection allows.
   * @returns a function that ends the request
   */
  readonly hurry: (to: bigint) => () => void
}

/** What is known of a read model here, which may be run elsewhere by another version of Agora. */
type Known = Pick<AnyProjection, 'reads' | 'version'>

/** The positions of read models, and waits for them. */
export type Progress = {
  /** Called when a projection starts in this process. */
  readonly runs: (name: string, run: RunHere, version: number) => void
  /** Called when a projection of this process has made its writes durable. */
  readonly moved: (name: string) => void
  /** Called when a read model is switched to another generation, at whatever position. */
  readonly replaced: (name: string) => void
  /** The number of switches in this process. */
  readonly replacements: (name: string) => number
  /** Called when a projection is no longer run here. */
  readonly left: (name: string) => void
  /**
   * The position of a read model that is run here or elsewhere.
   * @param known its declaration here: an announced position is returned while none of its events is later
   * @throws NotCaughtUp when it has no generation yet: its store may be away
   */
  readonly positionOf: (name: string, known?: Known) => Promise<bigint>
  /**
   * Documents of a read model that this process has written, without asking the store.
   * @returns those that are there, as of the position at the time; undefined when one is not in memory, or the projection
   *   is run elsewhere
   */
  readonly cached: <D>(
    projection: Projection<D>,
    keys: readonly string[],
  ) => readonly D[] | undefined
  /**
   * Waits until a read model has reached a position: the wait behind `ReadModels`, which all others use.
   * @returns the position it has reached by then
   * @throws NotCaughtUp after the timeout, unless `onLate` is given
   * @throws the signal's reason
   */
  readonly reach: (
    name: string,
    position: bigint,
    options?: ReachOptions & {
      /** Its declaration here: it has reached what follows the last event that it reads. Default: unknown. */
      readonly known?: Known
    },
  ) => Promise<bigint>
}

/** A caller that waits until a read model has reached a position. */
type Waiting = {
  readonly position: bigint
  readonly known: Known | undefined
  readonly wake: () => void
}

/**
 * @param documents queried for the positions of read models run by other processes
 * @param feed moves read models past events that they do not read; left out where no projection is run here
 * @param others exchanges positions with other processes. Default: those of read models run there are polled
 */
export const progress = (
  documents: Pick<DocumentStore, 'positions'>,
  feed?: Pick<Feed, 'onMoved' | 'head' | 'newest'>,
  others?: { readonly news: PositionNews; readonly onError: (error: unknown) => void },
): Progress => {
  const here = new Map<string, RunHere & { readonly version: number }>()
  const replacements = new Map<string, number>()
  const waiting = new Map<string, Set<Waiting>>()

  /** @returns undefined before the first generation is published */
  const stored = async (name: string): Promise<bigint | undefined> => {
    const position = (await documents.positions([name])).get(name)
    if (position !== undefined) announced.saw(name, position)
    return position
  }

  /** The recent position of a read model of another process, and whether it has all events that this process has read. */
  const recent = (name: string, known: Known | undefined) => {
    const last = announced.recent(name)
    if (!last) return undefined
    const isAll =
      feed !== undefined &&
      known !== undefined &&
      known.version === last.version &&
      last.position >= feed.newest(known.reads)
    return { position: last.position, isAll }
  }
  /** The position that a read model has reached, as far as that is known here; past the events that it does not read. */
  const reached = (name: string, known: Known | undefined): bigint | undefined => {
    const run = here.get(name)
    if (run) return run.position()
    const last = recent(name, known)
    if (!last || !feed || !last.isAll) return last?.position
    const head = feed.head()
    return head > last.position ? head : last.position
  }
  /** Wakes the callers that wait for what a read model is known to have reached. */
  const wakeReached = (name: string): void => {
    for (const { position, known, wake } of waiting.get(name) ?? [])
      if ((reached(name, known) ?? -1n) >= position) wake()
  }
  /** The same; all of its callers when it is not run here. */
  const wakeWaiting = (name: string): void => {
    if (here.has(name)) wakeReached(name)
    else for (const { wake } of waiting.get(name) ?? []) wake()
  }
  feed?.onMoved(0, () => {
    for (const name of waiting.keys()) wakeReached(name)
  })
  const announced = others
    ? announcedPositions(others.news, {
        here: (name) => {
          const run = here.get(name)
          return run && { version: run.version, position: run.position() }
        },
        onAnnounced: (name) => wakeReached(name),
        onError: others.onError,
      })
    : unannounced

  /** Resolves once a read model may have reached a position, after a time in ms, or with the signal. */
  const mayReach = async (
    name: string,
    position: bigint,
    ms: number,
    { signal, known }: { readonly signal: AbortSignal | undefined } & Pick<Waiting, 'known'>,
  ): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    const over = () => resolve()
    signal?.addEventListener('abort', over)
    const one = { position, known, wake: resolve }
    const others = waiting.get(name) ?? new Set()
    waiting.set(name, others.add(one))
    await promise
    // Removed again: a signal may outlive thousands of waits.
    signal?.removeEventListener('abort', over)
    others.delete(one)
    if (others.size === 0) waiting.delete(name)
    clearTimeout(timer)
  }

  const reach: Progress['reach'] = async (
    name,
    position,
    { timeoutMs = defaultTimeout, signal, onLate, known } = {},
  ) => {
    let until = performance.now() + timeoutMs
    // The store is not asked where a recent position is too low and the next one is announced.
    let isAsking = !announced.isAnnounced(name) || announced.recent(name) === undefined
    for (;;) {
      signal?.throwIfAborted()
      const run = here.get(name)
      let at = reached(name, known)
      if (!run && isAsking && (at === undefined || at < position)) {
        const saved = await stored(name)
        at = reached(name, known) ?? saved
      }
      if (at !== undefined && at >= position) return at
      const left = until - performance.now()
      if (left <= 0 && (run || isAsking)) {
        const late = new NotCaughtUp(
          at === undefined
            ? `${name} has no generation yet`
            : `${name} is at ${at} and has not reached ${position} yet`,
        )
        if (!onLate) throw late
        onLate(late)
        until = performance.now() + timeoutMs
        continue
      }
      if (!run) announced.request(name)
      const endHurry = run?.hurry(position)
      const pollMs = announced.isAnnounced(name) ? pollAnnouncedEvery : pollEvery
      await mayReach(name, position, run ? left : Math.min(left, pollMs), { signal, known })
      endHurry?.()
      isAsking = true
    }
  }

  return {
    runs: (name, run, version) => {
      here.set(name, { ...run, version })
      announced.moved(name)
      for (const { wake } of waiting.get(name) ?? []) wake()
    },
    moved: (name) => {
      wakeWaiting(name)
      announced.moved(name)
    },
    replaced: (name) => void replacements.set(name, (replacements.get(name) ?? 0) + 1),
    replacements: (name) => replacements.get(name) ?? 0,
    left: (name) => {
      here.delete(name)
      // The waiting callers poll the documents from now on.
      wakeWaiting(name)
    },
    cached: <D>({ name }: Projection<D>, keys: readonly string[]) => {
      const run = here.get(name)
      const documents: D[] = []
      for (const key of keys) {
        const found = run?.cached(key)
        if (!found) return undefined
        // The rules of the projection, which are typed, have made it.
        if (found.document !== undefined) documents.push(found.document as D)
      }
      return documents
    },
    positionOf: async (name, known) => {
      const run = here.get(name)
      if (run) return run.position()
      const last = recent(name, known)
      if (last?.isAll) return last.position
      return (await stored(name)) ?? reach(name, 0n, { timeoutMs: firstGenerationTimeout })
    },
    reach,
  }
}
