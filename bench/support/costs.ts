import type { Bench } from './bench.ts'
import { cpuOf } from './cpu.ts'
import type { Cost } from './measure.ts'
import { usageOfThis, type Usage } from './usage.ts'
import { median } from './statistics.ts'

/** What a stretch of work has cost, by the number of its operations and the load generator's CPU time in s. */
export type Metered = (operations: number, load?: number) => Promise<Required<Cost>>

const ofThis = { usage: async (): Promise<Usage> => usageOfThis() }

/**
 * Begins to measure what operations cost.
 * @param bench whose PostgreSQL is measured
 * @param server the process that executes them; default: this one
 * @returns ends it; without a load generator its cost is NaN
 */
export const meter = async (
  { postgresPid }: Pick<Bench, 'postgresPid'>,
  server: { readonly usage: () => Promise<Usage> } = ofThis,
): Promise<Metered> => {
  const postgres = cpuOf(postgresPid)
  const { cpu } = await server.usage()
  return async (operations, load = Number.NaN) => {
    const each = 1e6 / operations
    return {
      server: ((await server.usage()).cpu - cpu) * each,
      postgres: (cpuOf(postgresPid) - postgres) * each,
      load: load * each,
    }
  }
}

/** The medians of what an operation cost in several rounds. */
export const medianCost = (costs: readonly Required<Cost>[]): Required<Cost> => {
  const of = (name: keyof Cost) => median(costs.map((cost) => cost[name]))
  return { server: of('server'), postgres: of('postgres'), load: of('load') }
}

/**
 * Operations a second that a server can execute on a machine of so many cores when the load generator has cores of its
 * own: its one thread is the bound, or all cores together with PostgreSQL on them.
 * @param cost in µs an operation; one without PostgreSQL says 0 for it
 * @param cores of the machine
 */
export const capacity = (
  cost: Required<Pick<Cost, 'server' | 'postgres'>>,
  cores: number,
): number => 1e6 / Math.max(cost.server, (cost.server + cost.postgres) / cores)
