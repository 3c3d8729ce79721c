import { Type } from 'typebox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asId, derivedUuid, Fields } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../../test/support/http.ts'
import { jobPorts } from '../../../test/support/job-ports.ts'
import type { JobPorts } from '../../serving/job-ports.ts'
import { boundJob } from '../../serving/job.ts'
import { module } from '../../serving/module.ts'
import type { WorkflowAttempt } from '../../serving/workflow-attempt.ts'
import { boundWorkflows, workflow, WorkflowFailed } from '../../serving/workflow.ts'
import { Interrupted } from '../../platform/interrupted.ts'
import { modules } from '../index.ts'
import { JobId, schedule as scheduled, type JobRunId } from './language.ts'
import { fireDueJobs } from './jobs/fire-due-jobs.ts'
import { runWorkflow } from './jobs/run-workflow.ts'

type Payload = { readonly bells: number; readonly tune?: string }
type Ring = (attempt: WorkflowAttempt<Payload>) => Promise<Record<string, unknown>>
const quietly: Ring = async () => ({})
let ring = quietly
const failures: unknown[] = []
const ringing = module({
  name: 'ringing',
  about: 'Bells of tests',
  workflows: [
    workflow({
      name: 'ring',
      about: 'Rings bells.',
      payload: Fields({ bells: Type.Integer({ minimum: 1 }), tune: Type.Optional(Type.String()) }),
      example: { bells: 1 },
      run: async (attempt, { clock }) => ({ ...(await ring(attempt)), at: clock().toISOString() }),
    }),
  ],
})

let world: HttpWorld
let admin: Call
let ports: JobPorts
let now: Date
const start = Date.parse('2030-01-01T12:00:00.000Z')
const pass = (ms: number) => (now = new Date(now.getTime() + ms))
beforeAll(async () => {
  now = new Date(start)
  const served = modules.filter(({ name }) => name === 'identity' || name === 'jobs')
  const config = { accessTokenTtl: 7 * 24 * 3_600 }
  world = await httpWorld({ clock: () => now, modules: [...served, ringing], config })
  const workflows = boundWorkflows(ringing.workflows, () => ports)
  ports = jobPorts(world, { workflows, onFailedRun: (failed) => void failures.push(failed) })
  const root = await world.someone('root', 'admin')
  admin = async (method, path, body, headers) => {
    await world.readModels.fold()
    return root.call(method, path, body, headers)
  }
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  ring = quietly
  // Jobs of other tests do not fire.
  for (const { id } of (await admin('GET', '/jobs?status=ACTIVE&limit=100')).body.data.jobs)
    await admin('DELETE', `/jobs/${id}`)
})

const schedule = async (more: object = { everyMs: 60_000 }): Promise<string> => {
  const { status, text, body } = await admin('POST', '/jobs', {
    type: 'ring',
    payload: { bells: 2 },
    ...more,
  })
  expect(status, text).toBe(201)
  return body.data.id
}
const eventsOf = (id: string) => world.log.read(`schedule-${id}`)
const dataOfLast = (events: Awaited<ReturnType<typeof eventsOf>>) =>
  events.at(-1)!.data as { runId: JobRunId }
const typesOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type)
const jobOf = async (id: string) => (await admin('GET', `/jobs/${id}`)).body.data

const fire = async () => {
  await world.readModels.fold()
  await fireDueJobs.run(ports)
}
/** Runs what the events of a job have queued; each event once, unless `again`. */
const taken = new Set<string>()
const work = async (id: string, { again = false } = {}) => {
  const { run, dataOf, reads } = boundJob(runWorkflow, ports)
  for (const event of await eventsOf(id)) {
    if (!reads.includes(event.type) || (taken.has(event.eventId) && !again)) continue
    taken.add(event.eventId)
    const { eventId, metadata } = event
    const { correlationId } = metadata
    await run(dataOf(event)!, { commandId: eventId, actorId: 'run-workflow', correlationId })
  }
}

describe('a job', () => {
  test('is scheduled once, by cron, or in intervals, and is listed', async () => {
    const runAt = '2030-01-01T14:00:00+01:00'
    const answer = await admin('POST', '/jobs', { type: 'ring', payload: { bells: 1 }, runAt })
    expect(answer.status, answer.text).toBe(201)
    expect(answer.body.data).toEqual({
      id: expect.any(String),
      nextRunAt: '2030-01-01T13:00:00.000Z',
    })
    const daily = await schedule({ cron: '30 2 * * *', timeZone: 'Europe/Berlin' })
    const often = await schedule({ everyMs: 5_000, overlap: 'queue', missed: 'skip' })
    const { jobs, total } = (await admin('GET', '/jobs?status=ACTIVE')).body.data
    expect(total).toBe(3)
    expect(jobs).toContainEqual(
      expect.objectContaining({ id: daily, nextRunAt: '2030-01-02T01:30:00.000Z' }),
    )
    expect(await jobOf(often)).toMatchObject({
      type: 'ring',
      payload: { bells: 2 },
      everyMs: 5_000,
      overlap: 'queue',
      missed: 'skip',
      attempts: 3,
      status: 'ACTIVE',
      runs: [],
    })
    expect((await admin('GET', '/jobs?type=other')).body.data.jobs).toEqual([])
  })

  test('of a repeated request is the same', async () => {
    const body = { type: 'ring', payload: { bells: 1 }, everyMs: 5_000 }
    const key = { 'idempotency-key': 'ring-it-once' }
    const once = await admin('POST', '/jobs', body, key)
    expect((await admin('POST', '/jobs', body, key)).body).toEqual(once.body)
  })

  test.each([
    [{ everyMs: 0 }, 'everyMs'],
    [{ everyMs: 1.5 }, 'everyMs'],
    [{}, 'runAt'],
    [{ runAt: '2030-01-01T14:00:00Z', everyMs: 5_000 }, 'everyMs'],
    [{ runAt: 'tomorrow' }, 'runAt'],
    [{ cron: '0 0 31 2 *' }, 'cron'],
    [{ cron: '61 * * * *' }, 'cron'],
    [{ cron: '2031-01-01T00:00:00' }, 'cron'],
    [{ cron: '0 0 0 1 1 * 2020' }, 'cron'],
    [{ cron: '* * * * *', timeZone: 'Europe/Atlantis' }, 'timeZone'],
    [{ everyMs: 5_000, timeZone: 'Europe/Berlin' }, 'timeZone'],
    [{ everyMs: 5_000, type: 'boil' }, 'type'],
    [{ everyMs: 5_000, overlap: 'perhaps' }, 'overlap'],
    [{ everyMs: 5_000, attempts: 0 }, 'attempts'],
    [{ everyMs: 5_000, payload: { bells: 'two' } }, 'payload.bells'],
    [{ everyMs: 5_000, payload: {} }, 'payload.bells'],
    [{ everyMs: 5_000, payload: { bells: 1, drums: 1 } }, 'payload.drums'],
    [{ everyMs: 5_000, payload: [] }, 'payload'],
  ])('with %o is refused by %s', async (fields, field) => {
    const answer = await admin('POST', '/jobs', { type: 'ring', payload: { bells: 1 }, ...fields })
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, field])
  })

  test('is for admins only', async () => {
    const id = await schedule()
    const { call } = await world.someone('ada', 'seller', 'analyst')
    for (const [method, path, body] of [
      ['POST', '/jobs', { type: 'ring', payload: { bells: 1 }, everyMs: 5_000 }],
      ['GET', '/jobs'],
      ['GET', '/jobs/types'],
      ['GET', `/jobs/${id}`],
      ['POST', `/jobs/${id}/run`],
      ['POST', `/jobs/${id}/pause`],
      ['POST', `/jobs/${id}/resume`],
      ['DELETE', `/jobs/${id}`],
    ] as const) {
      expect((await call(method, path, body)).status, path).toBe(403)
      expect((await world.anyone(method, path, body)).status, path).toBe(401)
    }
    expect(await typesOf(id)).toEqual(['JobScheduled'])
  })

  test('that is unknown is not found', async () => {
    const id = '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'
    for (const [method, path] of [
      ['GET', `/jobs/${id}`],
      ['POST', `/jobs/${id}/run`],
      ['POST', `/jobs/${id}/pause`],
      ['POST', `/jobs/${id}/resume`],
      ['DELETE', `/jobs/${id}`],
    ] as const)
      expect((await admin(method, path)).status, path).toBe(404)
  })

  test('has a type, which is listed with the schema of its payload', async () => {
    const { types } = (await admin('GET', '/jobs/types')).body.data
    expect(types).toContainEqual({
      name: 'ring',
      about: 'Rings bells.',
      payload: expect.objectContaining({ required: ['bells'] }),
      example: { bells: 1 },
    })
  })
})

describe('a due job', () => {
  test('runs once for each due time, whoever fires, and its history has the output', async () => {
    let calls = 0
    ring = async ({ payload: { bells }, progress }) => {
      calls += 1
      progress(0.5)
      return { rung: bells }
    }
    const id = await schedule()
    await fire()
    expect(await typesOf(id)).toEqual(['JobScheduled'])
    pass(60_000)
    await world.readModels.fold()
    // Two processes, with the same look at the read model; then one that is behind.
    await Promise.all([fireDueJobs.run(ports), fireDueJobs.run(ports)])
    await fireDueJobs.run(ports)
    await work(id)
    // Queued twice.
    await work(id, { again: true })
    expect(calls).toBe(1)
    expect(await typesOf(id)).toEqual([
      'JobScheduled',
      'WorkflowTriggered',
      'JobStarted',
      'JobProgressed',
      'JobCompleted',
    ])
    const { nextRunAt, runs } = await jobOf(id)
    expect(nextRunAt).toBe(new Date(now.getTime() + 60_000).toISOString())
    expect(runs).toEqual([
      {
        id: expect.any(String),
        state: 'COMPLETED',
        cause: 'due',
        dueAt: now.toISOString(),
        startedAt: now.toISOString(),
        endedAt: now.toISOString(),
        attempt: 1,
        progress: 100,
        output: { rung: 2, at: now.toISOString() },
      },
    ])
  })

  test('of two executors fires once: the log has one of their appends', async () => {
    const id = await schedule()
    pass(60_000)
    await world.readModels.fold()
    const { executor: executorOf } = await import('../../runtime/execute.ts')
    const { memorySnapshots } = await import('../../platform/storage/snapshots/memory.ts')
    const { log, catalogue, clock } = world.deps
    const other = executorOf({ log, catalogue, clock, snapshots: memorySnapshots() })
    await Promise.all([
      fireDueJobs.run(ports),
      fireDueJobs.run({ ...ports, executor: other }),
      fireDueJobs.run({ ...ports, executor: other }),
    ])
    expect(await typesOf(id)).toEqual(['JobScheduled', 'WorkflowTriggered'])
  })

  test('that was missed all night runs once', async () => {
    const id = await schedule({ cron: '*/5 * * * *' })
    pass(8 * 60 * 60_000)
    await fire()
    await fire()
    expect((await typesOf(id)).filter((type) => type === 'WorkflowTriggered')).toHaveLength(1)
    expect((await jobOf(id)).nextRunAt > now.toISOString()).toBe(true)
  })

  test('of which an attempt was cut off is attempted again, with the same origin', async () => {
    const origins: string[] = []
    const id = await schedule({ runAt: now.toISOString() })
    await fire()
    const { runId } = dataOfLast(await eventsOf(id))
    // The process that began it was killed.
    const begin = { type: 'StartRun' as const, data: { runId, attempt: 1 } }
    const origin = { commandId: runId, actorId: 'run-workflow', correlationId: runId }
    await world.deps.executor.execute(scheduled, asId(JobId, id), begin, origin)
    ring = async (attempt) => {
      origins.push(attempt.origin.commandId)
      return {}
    }
    await work(id)
    await work(id, { again: true })
    expect(origins).toEqual([derivedUuid('run', runId)])
    expect((await jobOf(id)).runs).toMatchObject([{ state: 'COMPLETED', attempt: 1 }])
  })

  test('is done after its only run', async () => {
    const id = await schedule({ runAt: now.toISOString() })
    await fire()
    await work(id)
    const { status, runs } = await jobOf(id)
    expect([status, runs.length]).toEqual(['DONE', 1])
  })

  test('that fails is retried with the same origin, until its attempts are used up', async () => {
    const origins: string[] = []
    ring = async ({ origin }) => {
      origins.push(origin.commandId)
      throw new Error('The bell is away.')
    }
    const id = await schedule({ runAt: now.toISOString(), attempts: 2 })
    await fire()
    await work(id)
    const error = 'It failed; the logs have the details.'
    expect((await jobOf(id)).runs).toMatchObject([
      { state: 'RETRYING', error, retryAt: expect.any(String) },
    ])
    expect(failures).toMatchObject([{ type: 'ring', error: { message: 'The bell is away.' } }])
    await fire()
    await work(id)
    expect(origins).toHaveLength(1)
    pass(5_000)
    await fire()
    await work(id)
    expect(origins).toEqual([origins[0], origins[0]])
    const { status, runs } = await jobOf(id)
    expect(status).toBe('DONE')
    expect(runs).toMatchObject([{ state: 'FAILED', attempt: 2, error }])
  })

  test('fails at once where no retry helps: a final failure, a payload or a type of before', async () => {
    ring = async () => {
      throw new WorkflowFailed('There is no bell.')
    }
    const id = await schedule({ runAt: now.toISOString() })
    await fire()
    await work(id)
    expect((await jobOf(id)).runs).toMatchObject([{ state: 'FAILED', error: 'There is no bell.' }])
    const another = await schedule({ runAt: now.toISOString() })
    const { workflows: kept } = ports
    const drumming = workflow({
      name: 'ring',
      about: 'Rings drums.',
      payload: Fields({ drums: Type.Integer() }),
      example: { drums: 1 },
      run: async () => ({}),
    })
    ports = { ...ports, workflows: boundWorkflows([drumming], () => ports) }
    await fire()
    await work(another)
    const error = 'The payload is no longer valid for this type.'
    expect((await jobOf(another)).runs[0]).toMatchObject({ state: 'FAILED', error })
    const third = await schedule({ runAt: now.toISOString() })
    ports = { ...ports, workflows: [] }
    await fire()
    await work(third)
    ports = { ...ports, workflows: kept }
    expect((await jobOf(third)).runs[0]).toMatchObject({ state: 'RETRYING' })
  })

  test('is stopped at its time limit', async () => {
    ring = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const id = await schedule({ runAt: now.toISOString(), attempts: 1, timeLimitMs: 1_000 })
    await fire()
    await work(id)
    expect((await jobOf(id)).runs).toMatchObject([
      { state: 'FAILED', error: 'The time limit of 1000 ms is over.' },
    ])
  })

  test('records no output beyond a bound', async () => {
    ring = async () => ({ sound: 'ding '.repeat(1_000) })
    const id = await schedule({ runAt: now.toISOString() })
    await fire()
    await work(id)
    expect((await jobOf(id)).runs[0].output).toEqual({
      omitted: expect.stringMatching(/^\d+ char/),
    })
  })

  test('of which the process stops is left to another one, without a counted attempt', async () => {
    const id = await schedule({ runAt: now.toISOString(), attempts: 1 })
    const { stopping: kept } = ports
    const stop = new AbortController()
    ports = { ...ports, stopping: stop.signal }
    ring = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('It was cut off.')))
        stop.abort()
      })
    await fire()
    await expect(work(id)).rejects.toThrow(Interrupted)
    // The stopping process takes it once more.
    await expect(work(id, { again: true })).rejects.toThrow(Interrupted)
    ports = { ...ports, stopping: kept }
    ring = quietly
    await work(id, { again: true })
    expect((await jobOf(id)).runs).toMatchObject([{ state: 'COMPLETED', attempt: 1 }])
  })

  test('that is cancelled while its process is dead is not attempted again', async () => {
    let calls = 0
    ring = async () => ({ calls: (calls += 1) })
    const id = await schedule({ runAt: now.toISOString() })
    await fire()
    const { runId } = dataOfLast(await eventsOf(id))
    const begin = { type: 'StartRun' as const, data: { runId, attempt: 1 } }
    const origin = { commandId: runId, actorId: 'run-workflow', correlationId: runId }
    await world.deps.executor.execute(scheduled, asId(JobId, id), begin, origin)
    await admin('DELETE', `/jobs/${id}`)
    await work(id)
    expect(calls).toBe(0)
    expect((await jobOf(id)).runs).toMatchObject([{ state: 'FAILED' }])
  })

  test('of which a run is longer than its interval skips once, and goes on at the first time to come', async () => {
    const id = await schedule({ everyMs: 1_000 })
    pass(1_000)
    await fire()
    ring = async () => {
      for (let second = 0; second < 120; second += 1) {
        pass(1_000)
        await fire()
      }
      expect((await jobOf(id)).nextRunAt).toBeUndefined()
      pass(500)
      return {}
    }
    await work(id)
    expect((await typesOf(id)).filter((type) => type === 'JobSkipped')).toHaveLength(1)
    const { nextRunAt, runs } = await jobOf(id)
    expect(nextRunAt).toBe(new Date(now.getTime() + 500).toISOString())
    expect(runs).toMatchObject([{ state: 'SKIPPED' }, { state: 'COMPLETED' }])
    pass(500)
    await fire()
    expect((await typesOf(id)).at(-1)).toBe('WorkflowTriggered')
  })

  test('that is paused goes on with the attempts at a run by hand', async () => {
    const id = await schedule()
    await admin('POST', `/jobs/${id}/pause`)
    await admin('POST', `/jobs/${id}/run`)
    ring = async () => {
      throw new Error('The bell is away.')
    }
    await work(id)
    ring = quietly
    pass(5_000)
    await fire()
    await work(id)
    expect((await jobOf(id)).runs).toMatchObject([{ state: 'COMPLETED', attempt: 2 }])
    expect((await admin('POST', `/jobs/${id}/run`)).status).toBe(202)
  })

  test('whose queue gives up is retried by its own attempts', async () => {
    const id = await schedule({ runAt: now.toISOString(), attempts: 2 })
    await fire()
    const triggered = (await eventsOf(id)).at(-1)!
    const { givenUp, dataOf } = boundJob(runWorkflow, ports)
    expect.assert(typeof givenUp === 'function')
    const origin = { commandId: triggered.eventId, actorId: 'x', correlationId: triggered.eventId }
    await givenUp(dataOf(triggered)!, origin, new Error('The log is away.'))
    const error = expect.stringMatching(/^The process of the attempt died/)
    expect((await jobOf(id)).runs).toMatchObject([{ state: 'RETRYING', error }])
    pass(5_000)
    await fire()
    const retried = (await eventsOf(id)).at(-1)!
    const second = { ...origin, commandId: retried.eventId }
    await givenUp(dataOf(retried)!, second, new Error('The log is away.'))
    expect((await jobOf(id)).runs).toMatchObject([{ state: 'FAILED', attempt: 2, error }])
  })
})

describe('an admin', () => {
  test('runs a job now', async () => {
    const id = await schedule()
    const answer = await admin('POST', `/jobs/${id}/run`)
    expect(answer.status, answer.text).toBe(202)
    const { runId } = answer.body.data
    expect((await jobOf(id)).runs).toMatchObject([{ id: runId, state: 'WAITING', cause: 'manual' }])
    expect((await admin('POST', `/jobs/${id}/run`)).body.code).toBe('still_running')
    await work(id)
    expect((await jobOf(id)).runs).toMatchObject([{ id: runId, state: 'COMPLETED' }])
  })

  test('pauses and resumes a job; what was due meanwhile is left out', async () => {
    const id = await schedule()
    const dueAt = (await jobOf(id)).nextRunAt
    expect((await admin('POST', `/jobs/${id}/pause`)).body.data).toEqual({
      id,
      status: 'PAUSED',
      nextRunAt: dueAt,
    })
    pass(90_000)
    await fire()
    expect(await typesOf(id)).toEqual(['JobScheduled', 'JobPaused'])
    const { data } = (await admin('POST', `/jobs/${id}/resume`)).body
    expect(data).toEqual({
      id,
      status: 'ACTIVE',
      nextRunAt: new Date(now.getTime() + 30_000).toISOString(),
    })
    pass(30_000)
    await fire()
    expect((await typesOf(id)).at(-1)).toBe('WorkflowTriggered')
  })

  test('cancels a job; an attempt that reports progress learns it', async () => {
    const id = await schedule({ runAt: now.toISOString() })
    ring = async ({ signal, progress }) => {
      const answer = await admin('DELETE', `/jobs/${id}`)
      expect(answer.body.data).toEqual({ id, status: 'CANCELLED' })
      progress(0.5)
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      )
    }
    await fire()
    await work(id)
    const { status, runs } = await jobOf(id)
    expect(status).toBe('CANCELLED')
    expect(runs).toMatchObject([{ state: 'FAILED', error: 'The job was cancelled.' }])
    expect((await admin('POST', `/jobs/${id}/run`)).status).toBe(409)
    expect((await admin('POST', `/jobs/${id}/resume`)).status).toBe(409)
  })
})
