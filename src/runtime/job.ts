import type { RecordedEvent } from '#kernel'
import type { WorkerOptions } from '../platform/messaging/queue/port.ts'
import type { Origin } from './execution.ts'

/**
 * What is reported once the attempts at a job are used up, so that whatever waits for its outcome goes on: a command, or
 * why there is nothing to report. An effect whose outcome is unknown is asked for first. The report may be made several
 * times, and the job may be run again after it, when a person retries its dead letter.
 */
export type GivingUp<Data> =
  | ((data: Data, origin: Origin, error: unknown) => Promise<void>)
  | {
      /** Why nothing waits for this job, and what shows that it was not done. */
      readonly reportsNothing: string
    }

/** Some job, its data's type forgotten: an effect on the outside world that certain events ask for. */
export type AnyJob = {
  /** Also the name of its queue. */
  readonly name: string
  /** The event types that ask for it. */
  readonly reads: readonly string[]
  /** What it needs to know, as JSON; `undefined` when the event asks for nothing. */
  readonly dataOf: (event: RecordedEvent) => unknown
  /**
   * Has the effect, and reports back by a command.
   * @param origin of that command: the same for every attempt
   */
  readonly run: (data: never, origin: Origin) => Promise<void>
  /** The origin of its report is another than that of `run`, so that a retry may report something else later. */
  readonly givenUp: GivingUp<never>
  readonly options: Omit<WorkerOptions, 'onGivenUp'> & {
    /**
     * Where queueing costs more than doing: those asked for within `within` ms are queued as one, at most `most` at a
     * time. When one of them fails, all are tried again; those that had their effect must know. They are given up
     * together as well, and each is reported.
     */
    readonly bundle?: { readonly most: number; readonly within: number }
    /** Which of the queues holds it: `mails`, for jobs that are long and many. Default: the queue in rows. */
    readonly queue?: 'mails'
  }
}
