import type { Bench } from './bench.ts'
import { cpuOf } from './cpu.ts'
import type { Cost } from './measure.ts'
import { usageOfThis, type Usage } from './usage.ts'
import { median } from './statistics.ts'

/** Ends a measurement. Takes the number of operations and the load generator's CPU time in s; returns the cost of one. */
export type Metered = (operations: number, load?: number) => Promise<Required<Cost>>

const ofThis = { usage: async (): Promise<Usage> => usageOfThis() }

/**
 * Starts to measure the cost of operations.
 * @param bench has the measured PostgreSQL
 * @param server the process that executes them; default: this one
 * @returns ends the measurement; without a load generator its cost is NaN
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

/** Returns the medians of the costs of several rounds. */
export const medianCost = (costs: readonly Required<Cost>[]): Required<Cost> => {
  const of = (name: keyof Cost) => median(costs.map((cost) => cost[name]))
  return { server: of('server'), postgres: of('postgres'), load: of('load') }
}

/**
 * Operations per second that a server can execute when the load generator has cores of its own: bounded by its one thread,
 * or by all cores together with PostgreSQL on them.
 * @param cost in µs of an operation; 0 for PostgreSQL where it is not used
 * @param cores number of the machine's cores
 */
export const capacity = (
  cost: Required<Pick<Cost, 'server' | 'postgres'>>,
  cores: number,
): number => 1e6 / Math.max(cost.server, (cost.server + cost.postgres) / cores)
