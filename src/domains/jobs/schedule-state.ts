import type { JobRunId, Settings } from './schedule-messages.ts'

/** A run that is not over. */
export type OpenRun = {
  readonly runId: JobRunId
  readonly attempt: number
  /** Whether the attempt has begun. */
  readonly isStarted: boolean
  readonly progress: number
  /** Time of the next attempt, after one that failed. */
  readonly retryAt?: string
}

/** A run that waits for an earlier one. */
export type QueuedRun = { readonly runId: JobRunId; readonly dueAt: string }

/** A job that was scheduled. */
export type ScheduledState = Omit<Settings, 'nextRunAt'> & {
  readonly status: 'active' | 'paused' | 'cancelled'
  /** When it is due next; undefined when it never is again. */
  readonly nextRunAt: string | undefined
  /** A run was skipped, as others are open: so are those that are due until one of these has ended. */
  readonly isSkipping: boolean
  readonly open: readonly OpenRun[]
  readonly queued: readonly QueuedRun[]
}

/** State of a scheduled job. */
export type ScheduleState = { readonly status: 'new' } | ScheduledState

/** The attempt at a run that is being made or waits for a process; undefined when it is over, or was not triggered. */
export const attemptIn = (
  state: ScheduleState,
  { runId, attempt }: { readonly runId: JobRunId; readonly attempt: number },
): OpenRun | undefined =>
  state.status === 'new'
    ? undefined
    : state.open.find(
        (run) => run.runId === runId && run.attempt === attempt && run.retryAt === undefined,
      )
