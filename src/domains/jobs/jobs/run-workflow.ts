import { isRefusal, type CommandOf } from '#kernel'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { attemptIn, schedule, type JobId, type JobRunId } from '../language.ts'
import { attemptWorkflow } from '../services/attempt.ts'
import { dueNext } from '../services/timing.ts'

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

/** The due time to come, with which the end of a run is recorded. */
const comingOf = (
  state: ReturnType<typeof schedule.evolve>,
  { clock }: Pick<JobPorts, 'clock'>,
): { readonly nextRunAt?: string } => {
  if (state.status === 'new' || state.nextRunAt === undefined) return {}
  const nextRunAt = dueNext(state.timing, state.nextRunAt, clock().toISOString())
  return nextRunAt === undefined ? {} : { nextRunAt }
}

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
    const { status, scheduledBy } = begun.state
    if (status === 'cancelled') {
      // The process that began it has died since.
      const data = { ...which, error: 'The job was cancelled.', isFinal: true }
      await execute({ type: 'FailRun', data }, 'end')
      return
    }

    const report = async (progress: number): Promise<boolean> => {
      const data = { ...which, progress }
      const answer = await execute({ type: 'ReportProgress', data }, 'progress', String(progress))
      return !isRefusal(answer) && answer.state.status !== 'cancelled'
    }
    const outcome = await attemptWorkflow({ runId, ...work, scheduledBy, origin, report }, ports)
    const coming = comingOf(begun.state, ports)
    await execute(
      'output' in outcome
        ? { type: 'CompleteRun', data: { ...which, ...outcome, ...coming } }
        : { type: 'FailRun', data: { ...which, ...outcome, ...coming } },
      'end',
    )
  },
  // A failed attempt like any other: the schedule retries it.
  givenUp: async ({ jobId, runId, attempt }: Attempt, origin, _, ports) => {
    const { state } = await ports.executor.stateOf(schedule, jobId)
    const error = 'The process of the attempt died time and again, or could not record its end.'
    const data = { runId, attempt, error, isFinal: false, ...comingOf(state, ports) }
    await ports.executor.execute(schedule, jobId, { type: 'FailRun', data }, origin)
  },
  options: { concurrency: 8, attempts: 5, backoff: 1_000 },
})
