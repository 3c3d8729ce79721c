import type { RecordedEvent } from '#kernel'
import type { WorkerOptions } from '../platform/messaging/queue/port.ts'
import type { Origin } from './execution.ts'

/**
 * Report of a job whose attempts are used up, so that a saga that waits for its outcome goes on: sends a command, or
 * says why there is nothing to report. When the outcome of the effect is unknown, the report looks it up first. The report
 * may be made several times, and the job may run again after it, when an operator retries its dead letter.
 */
export type GivingUp<Data> =
  | ((data: Data, origin: Origin, error: unknown) => Promise<void>)
  | {
      /** Why nothing waits for this job, and where a job that was not done is seen. */
      readonly reportsNothing: string
    }

/** A job of any data type: an effect on the outside world that events of certain types request. */
export type AnyJob = {
  /** Name of the job and of its queue. */
  readonly name: string
  /** The event types that request it. */
  readonly reads: readonly string[]
  /** Returns the data of the job, as JSON; `undefined` when the event requests no job. */
  readonly dataOf: (event: RecordedEvent) => unknown
  /**
   * Performs the effect and reports its outcome by a command.
   * @param origin origin of that command: the same for every attempt
   */
  readonly run: (data: never, origin: Origin) => Promise<void>
  /** Reports a job that is given up. Its origin differs from that of `run`, so that a retry may report another outcome. */
  readonly givenUp: GivingUp<never>
  readonly options: Omit<WorkerOptions, 'onGivenUp'> & {
    /**
     * For jobs that cost more to queue than to run: those requested within `within` ms are queued as one, at most `most`
     * at a time. When one of them fails, all are retried, so `run` has to recognise a job that is done. They are given up
     * together as well, and each is reported.
     */
    readonly bundle?: { readonly most: number; readonly within: number }
    /** The queue that stores it: `mails`, for long and numerous jobs. Default: the queue in rows of PostgreSQL. */
    readonly queue?: 'mails'
  }
}
