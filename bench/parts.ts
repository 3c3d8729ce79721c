import type { Bench } from './support/bench.ts'
import type { Measure } from './support/measure.ts'

/** A part of the bench. */
export type Part = {
  /** For `--only`. */
  readonly name: string
  readonly title: string
  readonly load: () => Promise<{
    readonly default: (bench: Bench) => Promise<readonly Measure[]>
  }>
}

/** Where the log is that is measured. */
export type LogName = 'postgres' | 'eventstoredb'

/** Every part, in the order they are run: those on our own log, and those that hold another against it. */
export const parts: Readonly<Record<LogName, readonly Part[]>> = {
  postgres: [
    { name: 'http', title: 'Commands over HTTP', load: () => import('./http.ts') },
    { name: 'gateway', title: 'Through the gateway', load: () => import('./gateway.ts') },
    { name: 'execute', title: 'Commands in process', load: () => import('./execute.ts') },
    { name: 'projections', title: 'Catching up', load: () => import('./projections.ts') },
    { name: 'orders', title: 'Whole orders', load: () => import('./orders.ts') },
    { name: 'lag', title: 'From command to push', load: () => import('./lag.ts') },
    { name: 'streams', title: 'Long streams', load: () => import('./streams.ts') },
    { name: 'memory', title: 'Memory and starts', load: () => import('./memory.ts') },
    { name: 'jobs', title: 'Jobs', load: () => import('./jobs.ts') },
    { name: 'copy', title: 'Copying a log', load: () => import('./copy.ts') },
    { name: 'logins', title: 'Signing in', load: () => import('./logins.ts') },
  ],
  eventstoredb: [
    {
      name: 'execute',
      title: 'Commands in process',
      load: () => import('./eventstoredb/execute.ts'),
    },
    {
      name: 'projections',
      title: 'Catching up',
      load: () => import('./eventstoredb/projections.ts'),
    },
    { name: 'reading', title: 'Reading the log', load: () => import('./eventstoredb/reading.ts') },
  ],
}

/** @param name what somebody called a log */
export const isLogName = (name: string): name is LogName => Object.hasOwn(parts, name)
