import type { Declaration, EventOf, RecordedEvent } from '#kernel'
import type { Origin } from '../runtime/execution.ts'
import type { AnyJob, GivingUp } from '../runtime/job.ts'
import type { JobPorts } from './job-ports.ts'

/**
 * What is reported once the attempts at a job are used up, so that whatever waits for its outcome goes on: a command, or
 * why there is nothing to report. The origin of the report is another than that of `run`.
 */
type Reporting<Data> =
  | ((data: Data, origin: Origin, error: unknown, ports: JobPorts) => Promise<void>)
  | Extract<GivingUp<Data>, { readonly reportsNothing: string }>

/** A job, as data: an effect on the outside world, what asks for it, and how it is had. */
export type Job<Data, Asked = Data | undefined> = {
  /** Named for what it does, `charge-card`; also the name of its queue. */
  readonly name: string
  /** The event types that ask for it. */
  readonly reads: readonly string[]
  /** What it needs to know, as JSON; `undefined` when the event asks for nothing. */
  readonly dataOf: (event: RecordedEvent) => Asked
  readonly run: (data: Data, origin: Origin, ports: JobPorts) => Promise<void>
  readonly givenUp: Reporting<Data>
  readonly options: AnyJob['options']
}

/** Some job, its data's type forgotten: what is documented, and started once it is bound to ports. */
export type DeclaredJob = Job<never, unknown>

/**
 * Declares a job with its handlers. It is run at least once for every event that asks for it, so the effect needs a key
 * that tells the world when it is asked for again.
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
  /** What the job needs to know of each event that asks for it, as JSON; `undefined` when nothing is to be done. */
  readonly on: {
    readonly [T in EventOf<From[number]>['type']]?: (
      event: Extract<EventOf<From[number]>, { type: T }>,
    ) => Data | undefined
  }
  /** Has the effect, and reports back by a command of this origin. What it throws is a failure, and tried again. */
  readonly run: Job<Data>['run']
  /** What is reported when the attempts are used up, or why nothing is. */
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

/** Gives the handlers of a job their ports: what the runtime runs. */
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
