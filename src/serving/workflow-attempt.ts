import type { UserId } from '../domains/shared/index.ts'
import type { Origin } from '../runtime/execution.ts'

/** Error of a run that no retry would help; its message is shown to admins. */
export class WorkflowFailed extends Error {
  override name = 'WorkflowFailed'
}

/** One attempt at a run of a scheduled job. */
export type WorkflowAttempt<P> = {
  /** Valid by the schema of the type. */
  readonly payload: P
  /** The admin who scheduled the job. */
  readonly scheduledBy: UserId
  /** Origin of the commands that the run sends: the same for every attempt, so that a repeated one has no second effect. */
  readonly origin: Origin
  /**
   * Aborted at the time limit, when the job is found to be cancelled as progress is reported, and as the process stops: then
   * another one makes the attempt again.
   */
  readonly signal: AbortSignal
  /** Reports the progress. @param share between 0 and 1 */
  readonly progress: (share: number) => void
}

/** What a run has done, in numbers and short texts, as JSON; recorded, and shown to admins and analysts. */
export type WorkflowOutput = Readonly<Record<string, unknown>>

/** A type of scheduled jobs, bound to the ports of its handler. */
export type BoundWorkflow = {
  readonly name: string
  /** @throws WorkflowFailed when the payload is not valid by the schema of the type */
  readonly run: (attempt: WorkflowAttempt<unknown>) => Promise<WorkflowOutput>
}
