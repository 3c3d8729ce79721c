import { Type, type Static } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import {
  JobId,
  JobRunId,
  Payload,
  RunCause,
  schedule,
  SkipReason,
} from '../domains/jobs/language.ts'
import { RecordedReason } from '../domains/shared/index.ts'

/** State of a run: it waits for an earlier one, for a process, runs, waits for a further attempt, or is over. */
const JobRunState = Type.Enum([
  'QUEUED',
  'WAITING',
  'RUNNING',
  'RETRYING',
  'COMPLETED',
  'FAILED',
  'SKIPPED',
  'CANCELLED',
])

/** A run of a job. */
export const JobRun = Fields({
  id: JobRunId,
  state: JobRunState,
  cause: RunCause,
  dueAt: Timestamp,
  startedAt: Type.Optional(Timestamp),
  endedAt: Type.Optional(Timestamp),
  attempt: Type.Integer({ minimum: 1 }),
  progress: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  /** Time of the next attempt. */
  retryAt: Type.Optional(Timestamp),
  output: Type.Optional(Payload),
  error: Type.Optional(RecordedReason),
  skipped: Type.Optional(SkipReason),
})
type JobRun = Static<typeof JobRun>

/** Number of runs of a job that are remembered. */
const most = 100

const JobRuns = Fields({ id: JobId, runs: Type.Array(JobRun) })
type JobRuns = Static<typeof JobRuns>

/** The newest runs of each scheduled job, oldest first; those that are not over stay, those that were skipped go first. */
export const jobRuns = projection({
  name: 'job_runs',
  version: 2,
  store: 'postgres',
  within: 5_000,
  document: JobRuns,
  from: [schedule],
  key: 'id',
  beginsWith: [schedule],
}).rules({
  JobScheduled: (_, { id }) => ({ id, runs: [] }),
  WorkflowTriggered: (job, { data: { runId: id, dueAt, cause } }) =>
    job &&
    (job.runs.some((run) => run.id === id)
      ? changed(job, id, { state: 'WAITING' })
      : added(job, { id, state: 'WAITING', cause, dueAt, attempt: 1 })),
  JobQueued: (job, { data: { runId: id, dueAt, cause } }) =>
    job && added(job, { id, state: 'QUEUED', cause, dueAt, attempt: 1 }),
  JobSkipped: (job, { at, data: { runId: id, dueAt, cause, reason } }) =>
    job &&
    added(job, { id, state: 'SKIPPED', cause, dueAt, attempt: 1, endedAt: at, skipped: reason }),
  JobStarted: (job, { at, data: { runId } }) =>
    job && changed(job, runId, { state: 'RUNNING', progress: 0 }, { startedAt: at }),
  JobProgressed: (job, { data: { runId, progress } }) => job && changed(job, runId, { progress }),
  JobCompleted: (job, { at, data: { runId, output } }) =>
    job && changed(job, runId, { state: 'COMPLETED', progress: 100, output, endedAt: at }),
  JobFailed: (job, { at, data: { runId, error, retryAt } }) =>
    job &&
    changed(
      job,
      runId,
      retryAt === undefined
        ? { state: 'FAILED', error, endedAt: at }
        : { state: 'RETRYING', error, retryAt },
    ),
  JobRetried: (job, { data: { runId, attempt } }) =>
    job && changed(job, runId, { state: 'WAITING', attempt }),
  JobCancelled: (job, { at }) =>
    job && {
      ...job,
      runs: job.runs.map(({ retryAt, ...run }) =>
        dropped.has(run.state)
          ? { ...run, state: 'CANCELLED', endedAt: at }
          : { ...run, ...(retryAt !== undefined && { retryAt }) },
      ),
    },
})

/** States of a run that a cancellation of the job ends. */
const dropped: ReadonlySet<JobRun['state']> = new Set(['QUEUED', 'WAITING', 'RETRYING'])

const added = ({ runs, ...job }: JobRuns, run: JobRun): JobRuns => {
  const least =
    runs.find(({ state }) => state === 'SKIPPED') ??
    runs.find(({ endedAt }) => endedAt !== undefined)
  return {
    ...job,
    runs: [...(runs.length < most ? runs : runs.filter((one) => one !== least)), run],
  }
}

/** @param first fields that are set once: an attempt after the first one leaves them */
const changed = (
  job: JobRuns,
  runId: JobRunId,
  change: Partial<JobRun>,
  first: Partial<JobRun> = {},
): JobRuns => ({
  ...job,
  runs: job.runs.map((run) => {
    if (run.id !== runId) return run
    const { retryAt: _, ...rest } = run
    return { ...first, ...rest, ...change }
  }),
})
