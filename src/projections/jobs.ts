import { Type, type Static } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import {
  JobId,
  JobRunId,
  Missed,
  Overlap,
  Payload,
  schedule,
  timings,
  WorkflowType,
} from '../domains/jobs/language.ts'
import { UserId } from '../domains/shared/index.ts'

/** Status of a scheduled job; `DONE`: it is not due again, and no run is open. */
export const JobStatus = Type.Enum(['ACTIVE', 'PAUSED', 'DONE', 'CANCELLED'])

const shown = {
  id: JobId,
  type: WorkflowType,
  payload: Payload,
  runAt: Type.Optional(timings.runAt),
  cron: Type.Optional(timings.cron),
  timeZone: Type.Optional(timings.timeZone),
  everyMs: Type.Optional(timings.everyMs),
  overlap: Overlap,
  missed: Missed,
  attempts: Type.Integer(),
  timeLimitMs: Type.Integer(),
  scheduledBy: UserId,
  status: JobStatus,
  nextRunAt: Type.Optional(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

/** A scheduled job, as admins see it. */
export const ShownJob = Fields(shown)

const Job = Fields({
  ...shown,
  /** When the scheduler looks at it next: at the next due time, or for the next attempt at a run. */
  wakeAt: Type.Optional(Timestamp),
  /** Due times are left out until a run has ended, which names the next one. */
  isSkipping: Type.Optional(Type.Literal(true)),
  /** Runs that are not over, and those that wait for one. */
  openRuns: Type.Array(Fields({ id: JobRunId, retryAt: Type.Optional(Timestamp) })),
  queuedRuns: Type.Array(JobRunId),
})
type Job = Static<typeof Job>

/** All scheduled jobs, with the time at which the scheduler looks at each. */
export const jobs = projection({
  name: 'jobs',
  version: 2,
  store: 'postgres',
  within: 5_000,
  document: Job,
  from: [schedule],
  key: 'id',
  beginsWith: [schedule],
  indexes: [['createdAt'], ['status', 'createdAt'], ['type', 'createdAt'], ['wakeAt']],
}).rules({
  JobScheduled: (_, { id, at, data: { timing, ...settings } }) =>
    settled({
      id,
      ...settings,
      ...timing,
      status: 'ACTIVE',
      openRuns: [],
      queuedRuns: [],
      createdAt: at,
      updatedAt: at,
    }),

  WorkflowTriggered: (job, { at, data: { runId, cause, nextRunAt } }) =>
    job &&
    settled({
      ...(cause === 'due' ? due(job, nextRunAt) : job),
      // An ended one runs once more.
      status: job.status === 'DONE' ? 'ACTIVE' : job.status,
      openRuns: [...job.openRuns, { id: runId }],
      queuedRuns: job.queuedRuns.filter((id) => id !== runId),
      updatedAt: at,
    }),
  JobQueued: (job, { at, data: { runId, cause, nextRunAt } }) =>
    job &&
    settled({
      ...(cause === 'due' ? due(job, nextRunAt) : job),
      queuedRuns: [...job.queuedRuns, runId],
      updatedAt: at,
    }),
  JobSkipped: (job, { at, data: { nextRunAt, reason } }) =>
    job &&
    settled({
      ...due(job, nextRunAt),
      ...(reason !== 'missed' && { isSkipping: true }),
      updatedAt: at,
    }),

  JobCompleted: (job, { at, data: { runId, nextRunAt } }) =>
    job && settled({ ...over(job, runId, nextRunAt), updatedAt: at }),
  JobFailed: (job, { at, data: { runId, retryAt, nextRunAt } }) =>
    job &&
    settled({
      ...(retryAt === undefined ? over(job, runId, nextRunAt) : retried(job, runId, { retryAt })),
      updatedAt: at,
    }),
  JobRetried: (job, { at, data: { runId } }) =>
    job && settled({ ...retried(job, runId, {}), updatedAt: at }),

  JobPaused: (job, { at }) => job && settled({ ...job, status: 'PAUSED', updatedAt: at }),
  JobResumed: (job, { at, data: { nextRunAt } }) =>
    job && settled({ ...due(job, nextRunAt), status: 'ACTIVE', updatedAt: at }),
  JobCancelled: (job, { at }) =>
    job &&
    settled({
      ...due(job, undefined),
      status: 'CANCELLED',
      openRuns: [],
      queuedRuns: [],
      updatedAt: at,
    }),
})

const due = (before: Job, nextRunAt: string | undefined): Job => {
  const { nextRunAt: _, ...job } = before
  return { ...job, ...(nextRunAt !== undefined && { nextRunAt }) }
}

const over = (before: Job, runId: JobRunId, nextRunAt: string | undefined): Job => {
  const { isSkipping: _, ...job } = before
  return {
    ...job,
    openRuns: job.openRuns.filter(({ id }) => id !== runId),
    ...(nextRunAt !== undefined && { nextRunAt }),
  }
}

const retried = (job: Job, runId: JobRunId, waits: { readonly retryAt?: string }): Job => ({
  ...job,
  openRuns: job.openRuns.map((run) => (run.id === runId ? { id: runId, ...waits } : run)),
})

/** The job with the status and the time that follow from the rest. */
const settled = (changed: Job): Job => {
  const { wakeAt: _, ...job } = changed
  if (job.status === 'CANCELLED') return job
  const dueAt = job.status === 'PAUSED' || job.isSkipping ? undefined : job.nextRunAt
  const [wakeAt] = [dueAt, ...job.openRuns.map(({ retryAt }) => retryAt)]
    .filter((time) => time !== undefined)
    .toSorted()
  const isDone =
    job.status === 'ACTIVE' &&
    job.nextRunAt === undefined &&
    job.openRuns.length === 0 &&
    job.queuedRuns.length === 0
  return { ...job, ...(isDone && { status: 'DONE' }), ...(wakeAt !== undefined && { wakeAt }) }
}
