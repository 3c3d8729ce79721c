import { decider, refuse, saysNo, timeAfter } from '#kernel'
import { commands, events, JobId, limits, type JobRunId } from './schedule-messages.ts'
import {
  attemptIn,
  type OpenRun,
  type QueuedRun,
  type ScheduledState,
  type ScheduleState,
} from './schedule-state.ts'

/** Delay after which a due time counts as missed, in ms: no process was running then. */
const missedAfter = 60_000

/** Pause after the first failed attempt, in ms; doubled with each further one, up to an hour. */
const firstPause = 5_000
const pauseAfter = (attempt: number): number => Math.min(firstPause * 2 ** (attempt - 1), 3_600_000)

/** A run that is due or wanted. */
type Wanted = QueuedRun & {
  readonly cause: 'due' | 'manual' | 'queue'
  readonly nextRunAt?: string
}

const triggered = ({ type, payload, timeLimitMs }: ScheduledState, run: Wanted) => ({
  type: 'WorkflowTriggered' as const,
  data: { ...run, attempt: 1, type, payload, timeLimitMs },
})

/** The answer of the overlap rule: trigger the run, let it wait, or the reason against it. */
const overlapping = ({ overlap, open, queued }: ScheduledState) => {
  if (open.length === 0) return 'trigger'
  if (overlap === 'skip') return 'overlap'
  if (overlap === 'queue') return queued.length < limits.queued ? 'queue' : 'too_many'
  return open.length < limits.running ? 'trigger' : 'too_many'
}

/** Least growth of the progress of an attempt that is recorded, in per cent. */
const progressStep = 5

/** The due time that an end of a run moves on to, where due times were left out while it was open. */
const movedTo = (
  { isSkipping, nextRunAt: dueAt }: ScheduledState,
  nextRunAt: string | undefined,
  now: string,
): { readonly nextRunAt?: string } =>
  isSkipping && dueAt !== undefined && dueAt <= now && nextRunAt !== undefined ? { nextRunAt } : {}

/** The first run that waits, once no other one is open. */
const released = (state: ScheduledState, open: readonly OpenRun[]) => {
  const [first] = state.queued
  return first && open.length === 0 && state.status !== 'cancelled'
    ? [triggered(state, { ...first, cause: 'queue' })]
    : []
}

const without = (open: readonly OpenRun[], runId: JobRunId): readonly OpenRun[] =>
  open.filter((run) => run.runId !== runId)

/**
 * A job that an admin has scheduled: once, by cron, or in intervals. The scheduler proposes each due time, with the time that
 * follows; a due time is decided on once, however often and by how many processes it is proposed. Each run is triggered by an
 * event, attempted by a process, and retried after a pause.
 */
export const schedule = decider({
  name: 'schedule',
  id: JobId,
  commands,
  events,
  refusals: {
    NoSuchJob: saysNo.notFound('There is no such job.'),
    JobCancelled: 'This job was cancelled; schedule another one.',
    StillRunning: 'An earlier run of this job is not over, and its overlap rule is to skip.',
    TooManyRuns: 'Too many runs of this job are not over.',
  },
}).rules<ScheduleState>({
  initialState: { status: 'new' },
  stateVersion: 2,

  decide: {
    ScheduleJob: (data, { status }) => (status === 'new' ? [{ type: 'JobScheduled', data }] : []),

    FireJob: ({ runId, dueAt, nextRunAt }, state, { now }) => {
      // Another process was first, or the job has been paused since it was looked at.
      if (state.status !== 'active' || state.nextRunAt !== dueAt || dueAt > now) return []
      const next = nextRunAt === undefined ? {} : { nextRunAt }
      const run: Wanted = { runId, dueAt, cause: 'due', ...next }
      const answer = overlapping(state)
      if (state.isSkipping && answer !== 'trigger' && answer !== 'queue') return []
      if (state.missed === 'skip' && timeAfter(dueAt, missedAfter) < now)
        return [{ type: 'JobSkipped', data: { ...run, reason: 'missed' } }]
      if (answer === 'trigger') return [triggered(state, run)]
      if (answer === 'queue') return [{ type: 'JobQueued', data: run }]
      return [{ type: 'JobSkipped', data: { ...run, reason: answer } }]
    },

    RunJob: ({ runId }, state, { now }) => {
      if (state.status === 'new') return refuse('NoSuchJob')
      if (state.status === 'cancelled') return refuse('JobCancelled')
      const run: Wanted = { runId, dueAt: now, cause: 'manual' }
      const answer = overlapping(state)
      if (answer === 'trigger') return [triggered(state, run)]
      if (answer === 'queue') return [{ type: 'JobQueued', data: run }]
      return refuse(answer === 'overlap' ? 'StillRunning' : 'TooManyRuns')
    },

    StartRun: (data, state) => {
      const run = attemptIn(state, data)
      return run && !run.isStarted ? [{ type: 'JobStarted', data }] : []
    },

    ReportProgress: (data, state) => {
      const run = attemptIn(state, data)
      return run && data.progress >= run.progress + progressStep
        ? [{ type: 'JobProgressed', data }]
        : []
    },

    CompleteRun: ({ nextRunAt, ...data }, state, { now }) => {
      if (state.status === 'new' || !attemptIn(state, data)) return []
      const next = released(state, without(state.open, data.runId))
      const end = { ...data, ...movedTo(state, nextRunAt, now) }
      return [{ type: 'JobCompleted', data: end }, ...next]
    },

    FailRun: ({ isFinal, nextRunAt, ...data }, state, { now }) => {
      if (state.status === 'new' || !attemptIn(state, data)) return []
      const isLast = isFinal || data.attempt >= state.attempts || state.status === 'cancelled'
      if (isLast) {
        const next = released(state, without(state.open, data.runId))
        const end = { ...data, ...movedTo(state, nextRunAt, now) }
        return [{ type: 'JobFailed', data: end }, ...next]
      }
      const retryAt = timeAfter(now, pauseAfter(data.attempt))
      return [{ type: 'JobFailed', data: { ...data, retryAt } }]
    },

    RetryRun: ({ runId }, state, { now }) => {
      if (state.status === 'new') return []
      const run = state.open.find((one) => one.runId === runId)
      if (run?.retryAt === undefined || run.retryAt > now) return []
      const { type, payload, timeLimitMs } = state
      const data = { runId, attempt: run.attempt + 1, type, payload, timeLimitMs }
      return [{ type: 'JobRetried', data }]
    },

    PauseJob: (_, { status }) => {
      if (status === 'new') return refuse('NoSuchJob')
      if (status === 'cancelled') return refuse('JobCancelled')
      return status === 'paused' ? [] : [{ type: 'JobPaused', data: {} }]
    },

    ResumeJob: (data, state) => {
      if (state.status === 'new') return refuse('NoSuchJob')
      if (state.status === 'cancelled') return refuse('JobCancelled')
      if (state.status === 'active') return []
      const next = released(state, state.open)
      return [{ type: 'JobResumed', data }, ...next]
    },

    CancelJob: (_, { status }) => {
      if (status === 'new') return refuse('NoSuchJob')
      return status === 'cancelled' ? [] : [{ type: 'JobCancelled', data: {} }]
    },
  },

  evolve: {
    JobScheduled: (_, data) => ({
      ...data,
      status: 'active',
      isSkipping: false,
      open: [],
      queued: [],
    }),

    WorkflowTriggered: (state, { runId, cause, nextRunAt }) =>
      changed(state, ({ open, queued }) => ({
        open: [...open, { runId, attempt: 1, isStarted: false, progress: 0 }],
        queued: queued.filter((run) => run.runId !== runId),
        ...(cause === 'due' && { nextRunAt }),
      })),

    JobQueued: (state, { runId, dueAt, cause, nextRunAt }) =>
      changed(state, ({ queued }) => ({
        queued: [...queued, { runId, dueAt }],
        ...(cause === 'due' && { nextRunAt }),
      })),

    JobSkipped: (state, { nextRunAt, reason }) =>
      changed(state, ({ isSkipping }) => ({
        nextRunAt,
        isSkipping: isSkipping || reason !== 'missed',
      })),

    JobStarted: (state, { runId }) => changed(state, runChanged(runId, { isStarted: true })),
    JobProgressed: (state, { runId, progress }) => changed(state, runChanged(runId, { progress })),

    JobCompleted: (state, { runId, nextRunAt }) => changed(state, ended(runId, nextRunAt)),

    JobFailed: (state, { runId, retryAt, nextRunAt }) =>
      changed(
        state,
        retryAt === undefined ? ended(runId, nextRunAt) : runChanged(runId, { retryAt }),
      ),

    JobRetried: (state, { runId, attempt }) =>
      changed(state, ({ open }) => ({
        open: open.map((run) =>
          run.runId === runId ? { runId, attempt, isStarted: false, progress: 0 } : run,
        ),
      })),

    JobPaused: (state) => changed(state, () => ({ status: 'paused' })),
    JobResumed: (state, { nextRunAt }) => changed(state, () => ({ status: 'active', nextRunAt })),
    JobCancelled: (state) =>
      changed(state, ({ open }) => ({
        status: 'cancelled',
        nextRunAt: undefined,
        // Attempts under way end by themselves.
        open: open.filter(({ isStarted, retryAt }) => isStarted && retryAt === undefined),
        queued: [],
      })),
  },
})

const changed = (
  state: ScheduleState,
  change: (state: ScheduledState) => Partial<ScheduledState>,
): ScheduleState => (state.status === 'new' ? state : { ...state, ...change(state) })

const runChanged =
  (runId: JobRunId, change: Partial<OpenRun>) =>
  ({ open }: ScheduledState) => ({
    open: open.map((run) => (run.runId === runId ? { ...run, ...change } : run)),
  })

const ended =
  (runId: JobRunId, nextRunAt: string | undefined) =>
  ({ open }: ScheduledState) => ({
    open: without(open, runId),
    isSkipping: false,
    ...(nextRunAt !== undefined && { nextRunAt }),
  })
