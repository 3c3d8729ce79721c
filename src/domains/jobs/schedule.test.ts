import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal, type CommandOf } from '#kernel'
import { given, newId } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { JobRunId, limits } from './language.ts'
import { schedule } from './schedule.ts'

const now = '2030-01-01T12:00:00.000Z'
const [due, next] = ['2030-01-01T12:00:00.000Z', '2030-01-01T13:00:00.000Z']
const context = { now, by: 'tester' }
const [first, second, third] = [newId(JobRunId), newId(JobRunId), newId(JobRunId)]

const settings = {
  type: 'index-rebuild',
  payload: { index: 'products' },
  timing: { everyMs: 3_600_000 },
  overlap: 'skip' as const,
  missed: 'once' as const,
  attempts: 2,
  timeLimitMs: 1_000,
  scheduledBy: newId(UserId),
  nextRunAt: due,
}
type Settings = Partial<{
  overlap: 'skip' | 'queue' | 'allow'
  missed: 'once' | 'skip'
  attempts: number
}>
const scheduled = (more: Settings = {}) => ({
  type: 'JobScheduled' as const,
  data: { ...settings, ...more },
})
const work = { type: settings.type, payload: settings.payload, timeLimitMs: 1_000 }
const triggered = (
  runId: JobRunId,
  more: { dueAt?: string; cause?: 'due' | 'manual' | 'queue'; nextRunAt?: string } = {},
) => ({
  type: 'WorkflowTriggered' as const,
  data: { runId, dueAt: due, cause: 'due' as const, ...more, attempt: 1, ...work },
})
const fire = (runId: JobRunId, dueAt = due) => ({
  type: 'FireJob' as const,
  data: { runId, dueAt, nextRunAt: next },
})
const which = (runId: JobRunId, attempt = 1) => ({ runId, attempt })
const completed = (runId: JobRunId) => ({
  type: 'JobCompleted' as const,
  data: { ...which(runId), output: {} },
})
const complete = (runId: JobRunId, attempt = 1) => ({
  type: 'CompleteRun' as const,
  data: { ...which(runId, attempt), output: {} },
})
const failed = (runId: JobRunId, attempt = 1, retryAt?: string) => ({
  type: 'JobFailed' as const,
  data: { ...which(runId, attempt), error: 'away', ...(retryAt !== undefined && { retryAt }) },
})
const fail = (runId: JobRunId, attempt = 1, isFinal = false) => ({
  type: 'FailRun' as const,
  data: { ...which(runId, attempt), error: 'away', isFinal },
})
const queued = (runId: JobRunId) => ({
  type: 'JobQueued' as const,
  data: { runId, dueAt: due, cause: 'manual' as const },
})
const run = (runId: JobRunId) => ({ type: 'RunJob' as const, data: { runId } })
const paused = { type: 'JobPaused' as const, data: {} }
const cancelled = { type: 'JobCancelled' as const, data: {} }
const skipped = (reason: 'missed' | 'overlap' | 'too_many', dueAt = due) => ({
  type: 'JobSkipped' as const,
  data: { runId: second, dueAt, cause: 'due' as const, nextRunAt: next, reason },
})

describe('a due time', () => {
  test('triggers a run, and names the next one', () =>
    given(schedule, scheduled())
      .when(fire(first), context)
      .yields(triggered(first, { nextRunAt: next })))

  test('is decided on once, however often it is proposed', () =>
    given(schedule, scheduled(), triggered(first, { nextRunAt: next }))
      .when(fire(first), context)
      .yields())

  test('that has not come is left alone', () =>
    given(schedule, scheduled())
      .when(fire(first), { ...context, now: '2030-01-01T11:59:59.999Z' })
      .yields())

  test.each([paused, cancelled])('of a job after $type is left alone', (ended) =>
    given(schedule, scheduled(), ended).when(fire(first), context).yields(),
  )

  test('without a next one is the last', () => {
    const { nextRunAt: _, ...data } = fire(first).data
    given(schedule, scheduled()).when({ type: 'FireJob', data }, context).yields(triggered(first))
    given(schedule, scheduled(), triggered(first), completed(first))
      .when(fire(second), context)
      .yields()
  })
})

describe('a missed due time', () => {
  const late = { ...context, now: '2030-01-02T06:00:00.000Z' }
  test('is made up for once', () =>
    given(schedule, scheduled({ missed: 'once' }))
      .when(fire(first), late)
      .yields(triggered(first, { nextRunAt: next })))
  test('is skipped where the job says so', () =>
    given(schedule, scheduled({ missed: 'skip' }))
      .when(fire(second), late)
      .yields(skipped('missed')))
  test('is none within a minute', () =>
    given(schedule, scheduled({ missed: 'skip' }))
      .when(fire(first), { ...context, now: '2030-01-01T12:01:00.000Z' })
      .yields(triggered(first, { nextRunAt: next })))
})

describe('a run that is due while another one is open', () => {
  const manual = triggered(first, { cause: 'manual' })
  test('is skipped', () =>
    given(schedule, scheduled({ overlap: 'skip' }), manual)
      .when(fire(second), context)
      .yields(skipped('overlap')))
  test('is skipped with one event for all due times until the other has ended', () => {
    const later = { ...context, now: '2030-01-01T14:30:00.000Z' }
    const coming = '2030-01-01T15:00:00.000Z'
    const past = [scheduled({ overlap: 'skip' }), manual, skipped('overlap')]
    for (const missed of ['once', 'skip'] as const)
      given(schedule, scheduled({ overlap: 'skip', missed }), ...past.slice(1))
        .when(fire(third, next), later)
        .yields()
    const end = complete(first)
    const ended = { ...completed(first), data: { ...completed(first).data, nextRunAt: coming } }
    given(schedule, ...past)
      .when({ ...end, data: { ...end.data, nextRunAt: coming } }, later)
      .yields(ended)
    given(schedule, ...past)
      .when(
        { ...fail(first, 1, true), data: { ...fail(first, 1, true).data, nextRunAt: coming } },
        later,
      )
      .yields({ ...failed(first), data: { ...failed(first).data, nextRunAt: coming } })
    given(schedule, ...past, ended)
      .when(fire(third, next), later)
      .yields()
    given(schedule, ...past, ended, triggered(second, { dueAt: coming, nextRunAt: coming }))
      .when(fire(third, coming), { ...context, now: coming })
      .yields({
        type: 'JobSkipped',
        data: { ...skipped('overlap').data, runId: third, dueAt: coming },
      })
    // The next due time is still to come, or the last one was decided on.
    given(schedule, ...past)
      .when({ ...end, data: { ...end.data, nextRunAt: next } }, context)
      .yields(completed(first))
    given(schedule, scheduled({ overlap: 'skip' }), manual)
      .when({ ...end, data: { ...end.data, nextRunAt: coming } }, later)
      .yields(completed(first))
  })
  test('waits, and is triggered once the other has ended', () => {
    const { reason: _, ...waiting } = skipped('overlap').data
    const wait = { type: 'JobQueued' as const, data: waiting }
    given(schedule, scheduled({ overlap: 'queue' }), manual)
      .when(fire(second), context)
      .yields(wait)
    const past = [scheduled({ overlap: 'queue' }), manual, wait, queued(third)]
    const released = triggered(second, { cause: 'queue' })
    given(schedule, ...past)
      .when(complete(first), context)
      .yields(completed(first), released)
    given(schedule, ...past)
      .when(fail(first, 1, true), context)
      .yields(failed(first), released)
    given(schedule, ...past, completed(first), released)
      .when(complete(second), context)
      .yields(completed(second), triggered(third, { cause: 'queue' }))
  })
  test('is triggered beside it', () =>
    given(schedule, scheduled({ overlap: 'allow' }), manual)
      .when(fire(second), context)
      .yields(triggered(second, { nextRunAt: next })))
  test('is skipped beyond the limits', () => {
    const open = Array.from({ length: limits.running }, () =>
      triggered(newId(JobRunId), { cause: 'manual' }),
    )
    given(schedule, scheduled({ overlap: 'allow' }), ...open)
      .when(fire(second), context)
      .yields(skipped('too_many'))
    const waiting = Array.from({ length: limits.queued }, () => queued(newId(JobRunId)))
    given(schedule, scheduled({ overlap: 'queue' }), manual, ...waiting)
      .when(fire(second), context)
      .yields(skipped('too_many'))
    given(schedule, scheduled({ overlap: 'queue' }), manual, ...waiting)
      .when(run(second), context)
      .refuses('TooManyRuns')
  })
})

describe('an attempt', () => {
  const past = [scheduled(), triggered(first)]
  const started = { type: 'JobStarted' as const, data: which(first) }
  const progressed = { type: 'JobProgressed' as const, data: { ...which(first), progress: 50 } }
  const retryAt = '2030-01-01T12:00:05.000Z'
  const retried = { type: 'JobRetried' as const, data: { ...which(first, 2), ...work } }
  const retry = { type: 'RetryRun' as const, data: { runId: first } }
  const later = { ...context, now: retryAt }

  test('is started once', () => {
    const start = { type: 'StartRun' as const, data: which(first) }
    given(schedule, ...past)
      .when(start)
      .yields(started)
    given(schedule, ...past, started)
      .when(start)
      .yields()
    given(schedule, ...past, completed(first))
      .when(start)
      .yields()
  })
  test('reports progress in steps of 5 %', () => {
    const report = { type: 'ReportProgress' as const, data: progressed.data }
    given(schedule, ...past, started)
      .when(report)
      .yields(progressed)
    given(schedule, ...past, started, progressed)
      .when(report)
      .yields()
    for (const [progress, events] of [
      [54, []],
      [55, [{ ...progressed, data: { ...progressed.data, progress: 55 } }]],
    ] as const)
      given(schedule, ...past, started, progressed)
        .when({ ...report, data: { ...report.data, progress } })
        .yields(...events)
  })
  test('that failed is repeated after a pause, until attempts are used up', () => {
    given(schedule, ...past, started)
      .when(fail(first), context)
      .yields(failed(first, 1, retryAt))
    const waiting = [...past, started, failed(first, 1, retryAt)]
    given(schedule, ...waiting)
      .when(retry, context)
      .yields()
    given(schedule, ...waiting)
      .when(retry, later)
      .yields(retried)
    given(schedule, ...waiting, retried)
      .when(retry, later)
      .yields()
    given(schedule, ...waiting, retried)
      .when(fail(first, 2), later)
      .yields(failed(first, 2))
  })
  test('of which the failure is final is not repeated', () =>
    given(schedule, ...past)
      .when(fail(first, 1, true), context)
      .yields(failed(first)))
  test('ends once; a late end of an earlier one changes nothing', () => {
    given(schedule, ...past, completed(first))
      .when(complete(first))
      .yields()
    given(schedule, ...past, failed(first, 1, retryAt))
      .when(complete(first))
      .yields()
    given(schedule, ...past, failed(first, 1, retryAt), retried)
      .when(fail(first, 1), later)
      .yields()
  })
  test('is repeated while the job is paused, and not once it is cancelled', () => {
    const waiting = [...past, failed(first, 1, retryAt)]
    given(schedule, ...waiting, paused)
      .when(retry, later)
      .yields(retried)
    given(schedule, ...waiting, cancelled)
      .when(retry, later)
      .yields()
    given(schedule, ...past, started, cancelled)
      .when(fail(first), context)
      .yields(failed(first))
  })
  test('of a cancelled job does not begin', () => {
    const start = (attempt: number) => ({ type: 'StartRun' as const, data: which(first, attempt) })
    given(schedule, ...past, cancelled)
      .when(start(1))
      .yields()
    given(schedule, ...past, started, failed(first, 1, retryAt), retried, cancelled)
      .when(start(2))
      .yields()
    given(schedule, ...past, cancelled)
      .when(complete(first))
      .yields()
  })
})

describe('an admin', () => {
  test('schedules a job once', () => {
    const command = { type: 'ScheduleJob' as const, data: settings }
    given(schedule).when(command).yields(scheduled())
    given(schedule, scheduled()).when(command).yields()
  })
  test('triggers a run, by the overlap rule', () => {
    const manual = triggered(first, { cause: 'manual' })
    given(schedule, scheduled(), paused).when(run(first), context).yields(manual)
    given(schedule, scheduled(), manual).when(run(second), context).refuses('StillRunning')
    given(schedule, scheduled({ overlap: 'queue' }), manual)
      .when(run(second), context)
      .yields(queued(second))
    given(schedule, scheduled(), cancelled).when(run(first)).refuses('JobCancelled')
    given(schedule).when(run(first)).refuses('NoSuchJob')
  })
  test('pauses and resumes a job; runs that wait go on meanwhile', () => {
    const pause = { type: 'PauseJob' as const, data: {} }
    const resume = { type: 'ResumeJob' as const, data: { nextRunAt: next } }
    const resumed = { type: 'JobResumed' as const, data: { nextRunAt: next } }
    given(schedule, scheduled()).when(pause).yields(paused)
    given(schedule, scheduled(), paused).when(pause).yields()
    given(schedule, scheduled()).when(resume).yields()
    given(schedule, scheduled(), paused).when(resume).yields(resumed)
    given(schedule, scheduled(), paused, resumed).when(fire(first), context).yields()
    const past = [scheduled({ overlap: 'queue' }), triggered(first), queued(second), paused]
    given(schedule, ...past)
      .when(complete(first))
      .yields(completed(first), triggered(second, { cause: 'queue' }))
    // Paused by an earlier version, which let them wait.
    given(schedule, ...past, completed(first))
      .when(resume)
      .yields(resumed, triggered(second, { cause: 'queue' }))
    given(schedule, ...past)
      .when(resume)
      .yields(resumed)
    for (const command of [pause, resume]) {
      given(schedule).when(command).refuses('NoSuchJob')
      given(schedule, scheduled(), cancelled).when(command).refuses('JobCancelled')
    }
  })
  test('cancels a job; runs that wait are dropped', () => {
    const cancel = { type: 'CancelJob' as const, data: {} }
    given(schedule, scheduled()).when(cancel).yields(cancelled)
    given(schedule, scheduled(), cancelled).when(cancel).yields()
    given(schedule).when(cancel).refuses('NoSuchJob')
    const started = { type: 'JobStarted' as const, data: which(first) }
    const past = [scheduled({ overlap: 'queue' }), triggered(first), started, queued(second)]
    given(schedule, ...past, cancelled)
      .when(complete(first))
      .yields(completed(first))
  })
})

test('whatever is proposed in whatever order, each due time has one run, and limits hold', () => {
  const runs = [first, second, third]
  const minute = (n: number) => `2030-01-01T12:${String(n).padStart(2, '0')}:00.000Z`
  const command = fc.oneof(
    fc
      .tuple(fc.nat(20), fc.integer({ min: 1, max: 5 }))
      .map(([at, step]): CommandOf<typeof schedule> => ({
        type: 'FireJob',
        data: { runId: newId(JobRunId), dueAt: minute(at), nextRunAt: minute(at + step) },
      })),
    fc.constantFrom(...runs).map((runId): CommandOf<typeof schedule> => run(runId)),
    fc.constantFrom(...runs).map((runId): CommandOf<typeof schedule> => complete(runId)),
    fc.constantFrom(...runs).map((runId): CommandOf<typeof schedule> => fail(runId)),
    fc.constantFrom(...runs).map((runId): CommandOf<typeof schedule> => ({
      type: 'RetryRun',
      data: { runId },
    })),
    fc.constantFrom('PauseJob' as const, 'CancelJob' as const).map((type) => ({ type, data: {} })),
    fc.constant({ type: 'ResumeJob' as const, data: { nextRunAt: minute(30) } }),
  )
  fc.assert(
    fc.property(
      fc.constantFrom('skip' as const, 'queue' as const, 'allow' as const),
      fc.array(command, { maxLength: 40 }),
      (overlap, commands) => {
        const settled = scheduled({ overlap })
        let state = schedule.evolve(schedule.initialState, settled)
        const dueTimes: string[] = []
        for (const one of commands) {
          const decision = schedule.decide(state, one, { now: minute(45), by: 'tester' })
          if (isRefusal(decision)) continue
          for (const event of decision) {
            if ('cause' in event.data && event.data.cause === 'due') dueTimes.push(event.data.dueAt)
            state = schedule.evolve(state, event)
          }
          expect.assert(state.status !== 'new')
          expect(state.open.length).toBeLessThanOrEqual(overlap === 'allow' ? limits.running : 1)
          // Otherwise nothing would end the skipping.
          const isStuck = state.isSkipping && state.open.length === 0
          expect(isStuck && state.status !== 'cancelled').toBe(false)
        }
        expect(dueTimes).toEqual([...new Set(dueTimes)].toSorted())
      },
    ),
    { numRuns: 200 },
  )
})
