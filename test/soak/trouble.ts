import { setTimeout as pause } from 'node:timers/promises'
import { silentBank } from '../support/silent-bank.ts'
import type { Chance } from './chance.ts'
import type { Cluster, Member } from './cluster.ts'

/** A fault that was caused. */
export type Fault = { readonly at: number; readonly what: string; readonly tookMs: number }

/** Faults that are caused until they are stopped. */
export type Trouble = {
  readonly faults: readonly Fault[]
  /** Causes no more. @returns once all processes are up again */
  readonly stop: () => Promise<void>
}

/** Ways to fail, each until all is well again. The first process is never ended, as its memory is judged. */
const waysOf = (
  { members, way, killPostgres, postgresUrl }: Cluster,
  chance: Chance,
): Readonly<Record<string, () => Promise<string>>> => {
  const others = members.slice(1)
  const some = (): Member => chance.oneOf(others) ?? members[0]!
  const seconds = (most: number): number => 1_000 * (1 + chance.below(most))
  return {
    ...(others.length > 0 && {
      killed: async () => {
        const one = some()
        await one.kill()
        await pause(seconds(8))
        await one.start()
        return `${one.name} was killed`
      },
      'all killed': async () => {
        await Promise.all(others.map(({ kill }) => kill()))
        await Promise.all(others.map(({ start }) => start()))
        return `${others.map(({ name }) => name).join(', ')} were killed at once`
      },
      restarted: async () => {
        const one = some()
        const code = await one.stop()
        await one.start()
        return `${one.name} was stopped (exit code ${code}) and started`
      },
    }),
    hangs: async () => {
      const ms = seconds(15)
      way.hang()
      await pause(ms)
      way.resume()
      return `PostgreSQL did not answer for ${ms / 1_000} s`
    },
    severed: async () => {
      const ms = seconds(8)
      await way.sever()
      await pause(ms)
      await way.mend()
      return `PostgreSQL could not be reached for ${ms / 1_000} s`
    },
    ...(killPostgres && {
      'postgres killed': async () => {
        killPostgres()
        await pause(3_000)
        return 'PostgreSQL was killed'
      },
    }),
    'bank silent': async () => {
      const ms = seconds(15)
      await using _ = await silentBank(postgresUrl)
      await pause(ms)
      return `the bank did not answer for ${ms / 1_000} s`
    },
  }
}

/**
 * Causes faults, each kind once in random order, then again.
 * @param everyMs between the end of one and the next; 0 for none
 * @param onFault called with each once it is over
 */
export const trouble = (
  cluster: Cluster,
  chance: Chance,
  {
    everyMs,
    onFault,
    onError,
  }: {
    readonly everyMs: number
    readonly onFault: (fault: Fault) => void
    readonly onError: (error: unknown) => void
  },
): Trouble => {
  const faults: Fault[] = []
  const stopped = new AbortController()
  const ways = waysOf(cluster, chance)
  let left: string[] = []
  const run = async () => {
    while (everyMs > 0) {
      await pause(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined)
      if (stopped.signal.aborted) return
      if (left.length === 0) left = Object.keys(ways)
      const [kind = ''] = left.splice(chance.below(left.length), 1)
      const since = performance.now()
      try {
        const what = (await ways[kind]?.()) ?? kind
        const fault = { at: Date.now(), what, tookMs: Math.round(performance.now() - since) }
        faults.push(fault)
        onFault(fault)
      } catch (error) {
        onError(error)
      }
    }
  }
  const running = run()
  return {
    faults,
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}
