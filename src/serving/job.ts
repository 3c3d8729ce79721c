import type { Declaration, EventOf, RecordedEvent } from '#kernel'
import type { Origin } from '../runtime/execution.ts'
import type { AnyJob, GivingUp } from '../runtime/job.ts'
import type { JobPorts } from './job-ports.ts'

/**
 * Reports that the attempts of a job are exhausted, so that the process waiting for the outcome goes on: a command, or
 * the reason why there is nothing to report. The origin differs from that of `run`.
 */
type Reporting<Data> =
  | ((data: Data, origin: Origin, error: unknown, ports: JobPorts) => Promise<void>)
  | Extract<GivingUp<Data>, { readonly reportsNothing: string }>

/** A job, as data: an effect on the outside world and the events that trigger it. */
export type Job<Data, Asked = Data | undefined> = {
  /** Named for its effect, `charge-card`; also the name of its queue. */
  readonly name: string
  /** The event types that trigger it. */
  readonly reads: readonly string[]
  /** The job's data from an event, as JSON; `undefined` when the event triggers no job. */
  readonly dataOf: (event: RecordedEvent) => Asked
  readonly run: (data: Data, origin: Origin, ports: JobPorts) => Promise<void>
  readonly givenUp: Reporting<Data>
  readonly options: AnyJob['options']
}

/** A job, the type of its data erased: documented as it is, and started once bound to ports. */
export type DeclaredJob = Job<never, unknown>

/**
 * Declares a job with its handlers. It runs at least once for every event that triggers it, so that the effect needs an
 * idempotency key.
 */
export const job = <const From extends readonly Declaration[], Data>({
  name,
  on,
  run,
  givenUp,
  options = {},
}: {
  readonly name: string
  readonly from: From
  /** The job's data from each event that triggers it, as JSON; `undefined` when there is nothing to do. */
  readonly on: {
    readonly [T in EventOf<From[number]>['type']]?: (
      event: Extract<EventOf<From[number]>, { type: T }>,
    ) => Data | undefined
  }
  /** Performs the effect, and reports the outcome by a command of this origin. An error is a failure, and is retried. */
  readonly run: Job<Data>['run']
  /** Reports that the attempts are exhausted, or says why there is nothing to report. */
  readonly givenUp: Reporting<Data>
  readonly options?: AnyJob['options']
}): Job<Data> => ({
  name,
  reads: Object.keys(on),
  dataOf: (event) => on[event.type as keyof typeof on]?.(event as never),
  run,
  givenUp,
  options,
})

/** Binds the handlers of a job to their ports, for the runtime. */
export const boundJob = <Data, Asked>(
  { run, givenUp, ...declared }: Job<Data, Asked>,
  ports: JobPorts,
): Omit<Job<Data, Asked>, 'run' | 'givenUp'> & {
  readonly run: (data: Data, origin: Origin) => Promise<void>
  readonly givenUp: GivingUp<Data>
} => ({
  ...declared,
  run: (data, origin) => run(data, origin, ports),
  givenUp:
    typeof givenUp === 'function'
      ? (data, origin, error) => givenUp(data, origin, error, ports)
      : givenUp,
})
