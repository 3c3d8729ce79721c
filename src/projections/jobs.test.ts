import { expect, test } from 'vitest'
import { folding, newId, recorded } from '#kernel/testing'
import { JobId, JobRunId } from '../domains/jobs/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { jobRuns } from './job-runs.ts'
import { jobs } from './jobs.ts'

const id = newId(JobId)
const [first, second, third] = [newId(JobRunId), newId(JobRunId), newId(JobRunId)]
const at = (minute: number) => `2030-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`
const happened = (type: string, minute: number, data: object = {}) =>
  recorded(`schedule-${id}`, { type, data }, { at: at(minute) })

const work = { type: 'report', payload: { deep: true }, timeLimitMs: 1_000 }
const scheduledBy = newId(UserId)
const scheduled = happened('JobScheduled', 0, {
  ...work,
  timing: { cron: '* * * * *', timeZone: 'Europe/Berlin' },
  overlap: 'queue',
  missed: 'once',
  attempts: 2,
  scheduledBy,
  nextRunAt: at(1),
})
const triggered = (runId: string, minute: number, more: object = { nextRunAt: at(minute + 1) }) =>
  happened('WorkflowTriggered', minute, {
    runId,
    dueAt: at(minute),
    cause: 'due',
    attempt: 1,
    ...work,
    ...more,
  })
const attempt = (runId: string, number = 1) => ({ runId, attempt: number })
const queued = happened('JobQueued', 2, {
  runId: second,
  dueAt: at(2),
  cause: 'due',
  nextRunAt: at(3),
})
const failedOnce = happened('JobFailed', 2, { ...attempt(first), error: 'away', retryAt: at(3) })
const completed = (runId: string, minute: number) =>
  happened('JobCompleted', minute, { ...attempt(runId), output: { rung: 1 } })

const job = (...events: ReturnType<typeof happened>[]) =>
  folding(jobs, scheduled, ...events).into(id)
const runs = (...events: ReturnType<typeof happened>[]) =>
  folding(jobRuns, scheduled, ...events).into(id)?.runs

test('a job has its settings, and the time at which the scheduler looks at it', () => {
  expect(job()).toEqual({
    id,
    ...work,
    cron: '* * * * *',
    timeZone: 'Europe/Berlin',
    overlap: 'queue',
    missed: 'once',
    attempts: 2,
    scheduledBy,
    status: 'ACTIVE',
    nextRunAt: at(1),
    wakeAt: at(1),
    openRuns: [],
    queuedRuns: [],
    createdAt: at(0),
    updatedAt: at(0),
  })
  expect(job(triggered(first, 1))).toMatchObject({
    nextRunAt: at(2),
    wakeAt: at(2),
    openRuns: [{ id: first }],
    updatedAt: at(1),
  })
  expect(job(triggered(first, 1), queued)).toMatchObject({
    wakeAt: at(3),
    queuedRuns: [second],
  })
  const skipped = { runId: second, dueAt: at(2), cause: 'due', nextRunAt: at(9), reason: 'missed' }
  expect(job(happened('JobSkipped', 2, skipped))).toMatchObject({ wakeAt: at(9) })
})

test('the scheduler looks at a job for the next attempt, too', () => {
  const past = [triggered(first, 1, { nextRunAt: at(9) }), failedOnce]
  expect(job(...past)).toMatchObject({ wakeAt: at(3), nextRunAt: at(9) })
  const retried = happened('JobRetried', 3, { ...attempt(first, 2), ...work })
  expect(job(...past, retried)).toMatchObject({ wakeAt: at(9), openRuns: [{ id: first }] })
  const failed = happened('JobFailed', 4, { ...attempt(first, 2), error: 'away' })
  expect(job(...past, retried, failed)).toMatchObject({ wakeAt: at(9), openRuns: [] })
})

test('a job whose due times are left out is looked at after the end of the run', () => {
  const skip = (reason: string) =>
    happened('JobSkipped', 2, {
      runId: second,
      dueAt: at(2),
      cause: 'due',
      nextRunAt: at(3),
      reason,
    })
  const past = [triggered(first, 1), skip('overlap')]
  expect(job(...past)).toMatchObject({ nextRunAt: at(3), isSkipping: true })
  expect(job(...past)).not.toHaveProperty('wakeAt')
  expect(job(...past, failedOnce)).toMatchObject({ wakeAt: at(3), isSkipping: true })
  const ended = happened('JobCompleted', 5, { ...attempt(first), output: {}, nextRunAt: at(6) })
  expect(job(...past, ended)).toMatchObject({ nextRunAt: at(6), wakeAt: at(6) })
  expect(job(...past, ended)).not.toHaveProperty('isSkipping')
  const failed = happened('JobFailed', 5, { ...attempt(first), error: 'away', nextRunAt: at(6) })
  expect(job(...past, failed)).toMatchObject({ nextRunAt: at(6), wakeAt: at(6) })
  // Before its next due time.
  expect(job(...past, completed(first, 2))).toMatchObject({ nextRunAt: at(3), wakeAt: at(3) })
  expect(job(triggered(first, 1), skip('missed'))).toMatchObject({ wakeAt: at(3) })
})

test('a paused job is looked at for further attempts only, a cancelled one never; one without further due times is done', () => {
  const paused = happened('JobPaused', 1)
  expect(job(paused)).toMatchObject({ status: 'PAUSED', nextRunAt: at(1) })
  expect(job(paused)).not.toHaveProperty('wakeAt')
  expect(job(triggered(first, 1), paused, failedOnce)).toMatchObject({
    status: 'PAUSED',
    nextRunAt: at(2),
    wakeAt: at(3),
  })
  const resumed = happened('JobResumed', 5, { nextRunAt: at(6) })
  expect(job(paused, resumed)).toMatchObject({ status: 'ACTIVE', wakeAt: at(6) })
  const cancelled = job(triggered(first, 1), queued, failedOnce, happened('JobCancelled', 3))
  expect(cancelled).toMatchObject({ status: 'CANCELLED', openRuns: [], queuedRuns: [] })
  expect(cancelled).not.toHaveProperty('wakeAt')
  expect(cancelled).not.toHaveProperty('nextRunAt')
  const last = triggered(first, 1, {})
  expect(job(last)?.status).toBe('ACTIVE')
  expect(job(last, completed(first, 2))?.status).toBe('DONE')
  const again = triggered(second, 3, { cause: 'manual' })
  expect(job(last, completed(first, 2), again)?.status).toBe('ACTIVE')
})

test('a run is followed from its due time to its end', () => {
  const run = { id: first, cause: 'due', dueAt: at(1), attempt: 1 }
  const started = happened('JobStarted', 1, attempt(first))
  const progressed = happened('JobProgressed', 2, { ...attempt(first), progress: 40 })
  const retried = happened('JobRetried', 3, { ...attempt(first, 2), ...work })
  const startedAgain = happened('JobStarted', 4, attempt(first, 2))
  const past = [triggered(first, 1)]
  const states = [
    [started, { state: 'RUNNING', startedAt: at(1), progress: 0 }],
    [progressed, { state: 'RUNNING', progress: 40 }],
    [failedOnce, { state: 'RETRYING', error: 'away', retryAt: at(3) }],
    [retried, { state: 'WAITING', attempt: 2 }],
    [startedAgain, { state: 'RUNNING', startedAt: at(1), progress: 0, attempt: 2 }],
  ] as const
  expect(runs(...past)).toEqual([{ ...run, state: 'WAITING' }])
  for (const [event, expected] of states) {
    past.push(event)
    expect(runs(...past)).toMatchObject([{ ...run, ...expected }])
  }
  expect(runs(...past)?.[0]).not.toHaveProperty('retryAt')
  expect(runs(...past, completed(first, 5))).toMatchObject([
    { state: 'COMPLETED', progress: 100, output: { rung: 1 }, endedAt: at(5) },
  ])
})

test('a run that waits is followed as well, until the job is cancelled', () => {
  const past = [triggered(first, 1), queued]
  expect(runs(...past)).toMatchObject([{ id: first }, { id: second, state: 'QUEUED' }])
  const released = triggered(second, 4, { cause: 'queue' })
  expect(runs(...past, released)).toMatchObject([
    { id: first },
    { id: second, state: 'WAITING', cause: 'due', dueAt: at(2) },
  ])
  const cancelled = happened('JobCancelled', 5)
  expect(runs(...past, failedOnce, cancelled)).toMatchObject([
    { state: 'CANCELLED', endedAt: at(5) },
    { state: 'CANCELLED', endedAt: at(5) },
  ])
  expect(runs(...past, cancelled)).toMatchObject([{ state: 'CANCELLED' }, { state: 'CANCELLED' }])
  const started = happened('JobStarted', 3, attempt(first))
  expect(runs(...past, started, cancelled)).toMatchObject([
    { state: 'RUNNING' },
    { state: 'CANCELLED' },
  ])
})

test('the newest hundred runs are remembered, and those that are not over', () => {
  const open = triggered(third, 1)
  const ids = Array.from({ length: 105 }, () => newId(JobRunId))
  const others = ids.flatMap((runId) => [triggered(runId, 2), completed(runId, 3)])
  const kept = runs(open, ...others) ?? []
  expect(kept).toHaveLength(100)
  expect(kept[0]?.id).toBe(third)
  expect(kept.at(-1)).toMatchObject({ id: ids.at(-1) })
})

test('runs that were skipped are forgotten before those that were made', () => {
  const skips = Array.from({ length: 150 }, (_, n) =>
    happened('JobSkipped', 3, {
      runId: newId(JobRunId),
      dueAt: at(n % 60),
      cause: 'due',
      reason: 'overlap',
    }),
  )
  const kept = runs(triggered(first, 1), completed(first, 2), ...skips) ?? []
  expect(kept).toHaveLength(100)
  expect(kept[0]).toMatchObject({ id: first, state: 'COMPLETED' })
})
