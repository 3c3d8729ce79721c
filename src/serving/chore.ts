import type { AnyProjection, Declaration } from '#kernel'
import { NotCaughtUp } from '../runtime/reading.ts'
import type { Chore, Idle } from '../runtime/scheduler.ts'
import type { JobPorts } from './job-ports.ts'

/** A task triggered by the clock, not by an event, as data. It runs in one process at a time. */
export type DeclaredChore = Omit<Chore, 'run' | 'types'> & {
  /** The read models and streams whose events can make work for a chore that may be idle. Default: every event can. */
  readonly reads?: readonly (Pick<AnyProjection, 'reads'> | Pick<Declaration, 'events'>)[]
  /**
   * An error is logged; the next run follows as usual.
   * @returns `Idle` to leave out runs until there are events of what it `reads`, or something is due
   */
  readonly run: (ports: JobPorts) => Promise<Idle | void>
}

/** Declares a chore with its handler. @param declaration its `every` is in ms */
export const chore = (declaration: DeclaredChore): DeclaredChore => declaration

/**
 * Binds the handler of a chore to its ports, for the runtime. A read model that has no generation yet, or lags behind, is no
 * failure of the chore, which runs again as usual: both are reported of the projection.
 */
export const boundChore = ({ run, reads, ...declared }: DeclaredChore, ports: JobPorts): Chore => ({
  ...declared,
  ...(reads && {
    types: reads.flatMap((one) => ('reads' in one ? one.reads : Object.keys(one.events))),
  }),
  run: () =>
    run(ports).catch((error: unknown) => {
      if (!(error instanceof NotCaughtUp)) throw error
    }),
})
