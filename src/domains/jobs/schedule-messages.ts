import { Type, type Static } from 'typebox'
import { Fields, Id, Nothing, patternMessage, Timestamp } from '#kernel'
import { Code, Reason, RecordedReason, UserId } from '../shared/index.ts'

/** Id of a scheduled job. */
export const JobId = Id('JobId')
export type JobId = Static<typeof JobId>

/** Id of one run of a scheduled job; derived from the job and the time at which it was due, or from the request. */
export const JobRunId = Id('JobRunId')
export type JobRunId = Static<typeof JobRunId>

/** Name of a type of jobs: `index-rebuild`. */
export const WorkflowType = patternMessage(
  'must be the name of a type of jobs; GET /jobs/types lists them',
  Type.String({ pattern: '^[a-z]+(-[a-z]+)*$', maxLength: 60 }),
)

/** Data of a job, which its type has validated; neither secret nor personal. */
export const Payload = Type.Record(Type.String(), Type.Unknown())
export type Payload = Static<typeof Payload>

/** Shortest interval of a periodic job, in ms. The scheduler looks once a second: one that is shorter fires that often. */
const shortestInterval = 100
/** Longest interval of a periodic job, in ms. */
const longestInterval = 366 * 24 * 60 * 60_000

/** Time zone of a cron expression, by its name in the IANA database. */
const TimeZone = patternMessage(
  'must be the name of a time zone, such as Europe/Berlin',
  Type.String({ pattern: '^[A-Za-z0-9_+/-]+$', maxLength: 64 }),
)

/** Fields of the three kinds of timing. */
export const timings = {
  runAt: Timestamp,
  cron: Code(100),
  timeZone: TimeZone,
  everyMs: Type.Integer({ minimum: shortestInterval, maximum: longestInterval }),
}

/** When a job is due: once, by a cron expression in a time zone, or in intervals, in ms, from when it was scheduled. */
export const Timing = Type.Union([
  Fields({ runAt: timings.runAt }),
  Fields({ cron: timings.cron, timeZone: timings.timeZone }),
  Fields({ everyMs: timings.everyMs }),
])
export type Timing = Static<typeof Timing>

/** What becomes of a run that is due while another one of the job is not over. */
export const Overlap = Type.Enum(['skip', 'queue', 'allow'])
/** What becomes of the due times that passed while no process was running: one run for all of them, or none. */
export const Missed = Type.Enum(['once', 'skip'])

/** Limits of the settings of jobs. */
export const limits = {
  /** Runs of one job that are not over, where its runs may overlap; further ones are skipped. */
  running: 20,
  /** Runs of one job that wait for an earlier one; further ones are skipped. */
  queued: 100,
  attempts: 10,
  timeLimit: 24 * 60 * 60_000,
} as const

const settings = {
  type: WorkflowType,
  payload: Payload,
  timing: Timing,
  overlap: Overlap,
  missed: Missed,
  /** Attempts at each run. */
  attempts: Type.Integer({ minimum: 1, maximum: limits.attempts }),
  /** Time limit of an attempt, in ms. */
  timeLimitMs: Type.Integer({ minimum: 1_000, maximum: limits.timeLimit }),
  scheduledBy: UserId,
  /** The first time at which it is due. */
  nextRunAt: Timestamp,
}
const Settings = Fields(settings)
export type Settings = Static<typeof Settings>

/** Why a run is triggered: it is due, an admin asked for it, or it had waited for an earlier one. */
export const RunCause = Type.Enum(['due', 'manual', 'queue'])
/** Why a run was skipped. */
export const SkipReason = Type.Enum(['missed', 'overlap', 'too_many'])

const Attempt = Type.Integer({ minimum: 1 })
const Percent = Type.Integer({ minimum: 0, maximum: 100 })
const attempt = { runId: JobRunId, attempt: Attempt }

/** With the end of a run, the first due time to come, for a job whose due times were left out meanwhile. */
const moved = { nextRunAt: Type.Optional(Timestamp) }

/** A run, its cause, and when it was due. With the cause `due`, it names when the job is due next; without that, it was the last. */
const run = {
  runId: JobRunId,
  dueAt: Timestamp,
  cause: RunCause,
  nextRunAt: Type.Optional(Timestamp),
}

/** What a process needs for an attempt. */
const work = {
  ...attempt,
  type: WorkflowType,
  payload: Payload,
  timeLimitMs: settings.timeLimitMs,
}

/** Commands of a scheduled job. */
export const commands = {
  ScheduleJob: Fields(settings, { description: 'Schedule a job: once, by cron, or in intervals.' }),
  FireJob: Fields(
    { runId: JobRunId, dueAt: Timestamp, nextRunAt: Type.Optional(Timestamp) },
    { description: 'Trigger the run that is due at this time, unless that was done before.' },
  ),
  RunJob: Fields({ runId: JobRunId }, { description: 'Trigger a run now.' }),
  StartRun: Fields(attempt, { description: 'Record that an attempt at a run begins.' }),
  ReportProgress: Fields(
    { ...attempt, progress: Percent },
    { description: 'Record the progress of an attempt, in per cent, in steps of 5.' },
  ),
  CompleteRun: Fields(
    { ...attempt, output: Payload, ...moved },
    { description: 'Record that a run succeeded.' },
  ),
  FailRun: Fields(
    { ...attempt, error: Reason, isFinal: Type.Boolean(), ...moved },
    { description: 'Record that an attempt failed; it is retried while attempts are left.' },
  ),
  RetryRun: Fields(
    { runId: JobRunId },
    { description: 'Trigger the next attempt at a run, once its pause is over.' },
  ),
  PauseJob: Fields(
    {},
    { description: 'Pause a job: it is not due until it is resumed. Its runs go on.' },
  ),
  ResumeJob: Fields(
    { nextRunAt: Type.Optional(Timestamp) },
    { description: 'Resume a paused job; what it missed is not made up for.' },
  ),
  CancelJob: Fields(
    {},
    { description: 'Cancel a job for good, with its runs of which no attempt is under way.' },
  ),
}

/** Events of a scheduled job. */
export const events = {
  JobScheduled: Settings,
  /** A run begins: a process makes the first attempt. */
  WorkflowTriggered: Fields({ ...run, ...work }),
  /** A run waits for an earlier one. */
  JobQueued: Fields(run),
  /** A run is left out; by `overlap` and `too_many`, so are those that are due until a run has ended, without further events. */
  JobSkipped: Fields({ ...run, reason: SkipReason }),
  JobStarted: Fields(attempt),
  JobProgressed: Fields({ ...attempt, progress: Percent }),
  JobCompleted: Fields({ ...attempt, output: Payload, ...moved }),
  /** An attempt failed; without `retryAt`, it was the last one. */
  JobFailed: Fields({
    ...attempt,
    error: RecordedReason,
    retryAt: Type.Optional(Timestamp),
    ...moved,
  }),
  /** A process makes a further attempt. */
  JobRetried: Fields(work),
  JobPaused: Nothing,
  JobResumed: Fields({ nextRunAt: Type.Optional(Timestamp) }),
  /** Runs of which no attempt is under way are dropped. */
  JobCancelled: Nothing,
}
