import { setTimeout as pause } from 'node:timers/promises'
import type { AnyProjection } from '#kernel'
import { backOff } from '../platform/back-off.ts'
import type { Lease, Leases } from '../platform/messaging/leases/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { PartMoved, type Generation } from '../platform/storage/documents/port.ts'
import { partOf } from './parts.ts'
import { projectGeneration, type GenerationRun } from './project-generation.ts'
import { handOverMs } from './run-under-lease.ts'

/** Interval at which a process with a part looks for another one that nobody runs, or one that another process wants, in ms. */
const spareEvery = 1_000

/** Time for one attempt to acquire a lease, in ms. */
const attemptMs = 50

/** Pause after a part was given up, so that the process that wants it acquires its lease first: so many times the interval. */
const givenUp = 1.5

type Running = {
  readonly stop: () => void
  /** Resolves when it has ended, and its lease is released; never rejects. */
  readonly ended: Promise<void>
}

/**
 * Folds parts of a read model in this process, each under its lease: one, and further ones that nobody else runs. A
 * process without a part takes one over from a process of its version and number of parts that has several.
 * @param into number of parts, as this process is configured
 * @returns when the signal is aborted, and everything is stopped
 */
export const runParts = async (
  projection: AnyProjection,
  into: number,
  signal: AbortSignal,
  {
    leases,
    pauseMs = spareEvery,
    ...deps
  }: Omit<GenerationRun, 'isHeld' | 'signal' | 'writer' | 'until' | 'caughtUp' | 'begun'> & {
    readonly leases: Pick<Leases, 'acquire'>
    /** Default: `spareEvery`. */
    readonly pauseMs?: number
  },
): Promise<void> => {
  const { documents, control, onError } = deps
  const { name, version } = projection
  const running = new Map<number, Running>()
  /** Processes of another version, or with another number of parts, fold none of these: they have leases of their own. */
  const leasesOf = `projection:${name}:${version}:of:${into}`
  const wanted = `${leasesOf}:wanted`

  /** Returns a part with its present epoch, where this version of the projection may fold it. */
  const findPart = async (part: number): Promise<Generation | undefined> => {
    const live = (await documents.generations(name)).find(({ status }) => status === 'live')
    if (!live?.parts || live.version !== version) return undefined
    const generation = { projection, generation: live.generation, store: live.store }
    const found = (await documents.parts(generation)).find(
      (one) => one.part === part && one.of === into,
    )
    return found && !found.isHeld ? partOf(generation, found) : undefined
  }

  const runPart = async (part: number, lease: Lease, over: AbortSignal): Promise<void> => {
    const pauses = backOff({ first: 20, most: 1_000 })
    while (!over.aborted) {
      const news = control.news.listen()
      const generation = await findPart(part)
      if (!generation) {
        await news(pauses.next(), over)
        continue
      }
      pauses.reset()
      await projectGeneration(generation, { ...deps, isHeld: lease.isHeld, signal: over }).catch(
        (error: unknown) => {
          if (!(error instanceof PartMoved)) throw error
        },
      )
    }
  }

  const begin = (part: number, lease: Lease): void => {
    const stopping = new AbortController()
    const over = AbortSignal.any([signal, lease.lost, stopping.signal])
    const work = async (): Promise<void> => {
      let rest = 0
      try {
        await runPart(part, lease, over)
      } catch (error) {
        if (!over.aborted) onError(error)
        rest = error instanceof NewerVersion ? handOverMs : pauseMs
      }
      await lease.release()
      if (!over.aborted) await pause(rest, undefined, { signal: over }).catch(() => undefined)
      running.delete(part)
    }
    running.set(part, { stop: () => stopping.abort(), ended: work() })
  }

  /**
   * Acquires the lease of any part that is not run here.
   * @param until ends the wait
   * @returns whether one was acquired; its part runs then
   */
  const acquireAny = async (until: AbortSignal): Promise<boolean> => {
    const enough = new AbortController()
    const over = AbortSignal.any([until, enough.signal])
    let isFound = false
    const acquire = async (part: number): Promise<void> => {
      // Rejected only when it is over.
      const lease = await leases.acquire(`${leasesOf}:part:${part}`, over).catch(() => undefined)
      if (!lease) return
      if (isFound || signal.aborted) return lease.release()
      isFound = true
      begin(part, lease)
      enough.abort()
    }
    const free = Array.from({ length: into }, (_, part) => part).filter(
      (part) => !running.has(part),
    )
    await Promise.all(free.map(acquire))
    return isFound
  }

  /** Tells processes with several parts that this one has none. @returns a function that ends it */
  const want = (): (() => Promise<void>) => {
    const enough = new AbortController()
    const lease = leases
      .acquire(wanted, AbortSignal.any([signal, enough.signal]))
      .catch(() => undefined)
    return async () => {
      enough.abort()
      await (await lease)?.release()
    }
  }

  const isWanted = async (): Promise<boolean> => {
    const lease = await leases
      .acquire(wanted, AbortSignal.timeout(attemptMs))
      .catch(() => undefined)
    await lease?.release()
    return !lease
  }

  while (!signal.aborted) {
    if (running.size === 0) {
      const endWanting = want()
      await acquireAny(signal)
      await endWanting()
    }
    await pause(pauseMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted || running.size === 0 || (running.size === 1 && into === 1)) continue
    const isMissed = await isWanted()
    if (running.size > 1 && isMissed) {
      const last = [...running.values()].at(-1)
      last?.stop()
      await last?.ended
      await pause(givenUp * pauseMs, undefined, { signal }).catch(() => undefined)
    } else if (running.size < into && !isMissed) await acquireAny(AbortSignal.timeout(attemptMs))
  }
  await Promise.all([...running.values()].map(({ ended }) => ended))
}
