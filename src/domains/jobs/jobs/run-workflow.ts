import { isRefusal, type CommandOf } from '#kernel'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import { attemptIn, schedule, type JobId, type JobRunId } from '../language.ts'
import { attemptWorkflow, errorText } from '../services/attempt.ts'

/** An attempt at a run. */
type Attempt = {
  readonly jobId: JobId
  readonly runId: JobRunId
  readonly attempt: number
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly timeLimitMs: number
}

const attemptOf = ({
  id: jobId,
  data: { runId, attempt, type, payload, timeLimitMs },
}: {
  readonly id: JobId
  readonly data: Omit<Attempt, 'jobId'>
}): Attempt => ({ jobId, runId, attempt, type, payload, timeLimitMs })

/**
 * Makes the attempts at the runs of scheduled jobs, and records how they end. A failure of the handler is recorded, and
 * retried by the schedule; what fails here is the recording.
 */
export const runWorkflow = job({
  name: 'run-workflow',
  from: [schedule],
  on: { WorkflowTriggered: attemptOf, JobRetried: attemptOf },
  run: async ({ jobId, runId, attempt, ...work }: Attempt, origin, ports) => {
    const which = { runId, attempt }
    const execute = (command: CommandOf<typeof schedule>, ...part: readonly string[]) =>
      ports.executor.execute(schedule, jobId, command, derivedOrigin(origin, ...part))
    const begun = await execute({ type: 'StartRun', data: which }, 'start')
    // Queued twice, or over meanwhile.
    if (isRefusal(begun) || begun.state.status === 'new' || !attemptIn(begun.state, which)) return
    const { scheduledBy } = begun.state

    const report = async (progress: number): Promise<boolean> => {
      const data = { ...which, progress }
      const answer = await execute({ type: 'ReportProgress', data }, 'progress', String(progress))
      return !isRefusal(answer) && answer.state.status !== 'cancelled'
    }
    const outcome = await attemptWorkflow({ runId, ...work, scheduledBy, origin, report }, ports)
    await execute(
      'output' in outcome
        ? { type: 'CompleteRun', data: { ...which, output: outcome.output } }
        : { type: 'FailRun', data: { ...which, ...outcome } },
      'end',
    )
  },
  givenUp: async ({ jobId, runId, attempt }: Attempt, origin, error, { executor }) => {
    const data = { runId, attempt, error: errorText(error), isFinal: true }
    await executor.execute(schedule, jobId, { type: 'FailRun', data }, origin)
  },
  options: { concurrency: 8, attempts: 5, backoff: 1_000 },
})
