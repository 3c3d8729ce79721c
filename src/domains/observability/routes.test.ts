import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../test/support/http.ts'
import { loggerOptions } from '../../logger.ts'
import { entryOf } from '../../platform/observability/logs/entry-of.ts'
import { memoryLogs } from '../../platform/observability/logs/memory.ts'
import { memoryReports } from '../../platform/observability/reports/memory.ts'
import type { LogEntry } from '../../platform/observability/logs/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { alert, alertIdOf } from './language.ts'

const logs = memoryLogs()
const reports = memoryReports()
const written: string[] = []
let isAway = false

let world: HttpWorld
let admin: Awaited<ReturnType<HttpWorld['someone']>>
let analyst: typeof admin
beforeAll(async () => {
  const find: typeof logs.find = (query) => {
    const cause = new Error('connect ECONNREFUSED')
    if (isAway) throw new Unavailable('Elasticsearch cannot be reached', { cause })
    return logs.find(query)
  }
  const options = loggerOptions('warn', (text) => void written.push(text))
  const logger = pino(options, { write: () => undefined })
  world = await httpWorld({ contexts: ['observability'], logs: { find }, reports, logger })
  admin = await world.someone('ada', 'admin')
  analyst = await world.someone('ann', 'analyst')
})
afterAll(() => world[Symbol.asyncDispose]())

const line = (nth: number, more: Partial<LogEntry> = {}): LogEntry => ({
  id: `line-${nth}`,
  time: `2030-01-01T00:00:0${nth}.000Z`,
  level: 'info',
  service: 'ordering',
  process: 'here:1',
  message: `Line ${nth}`,
  ...more,
})

test.each([
  ['GET', '/observability/logs'],
  ['GET', '/observability/alerts'],
  ['GET', '/observability/processes'],
  ['POST', `/observability/alerts/${randomUUID()}/ack`],
] as const)('%s %s is for admins', async (method, path) => {
  expect((await world.anyone(method, path)).status).toBe(401)
  expect((await analyst.call(method, path)).status).toBe(403)
})

test('processes show their requests, commands, stores and breakers', async () => {
  await reports.put({
    process: 'here:1',
    answers: { all: 12, failed: 3, durations: [12] },
    commands: 5,
    stores: { postgres: true, mongodb: false },
    breakers: { 'http://10.0.0.7:3000': true },
    clients: { mail: false },
    clockSkew: 0.25,
    certificates: {},
    droppedLines: 0,
  })
  const { body } = await admin.call('GET', '/observability/processes')
  expect(body.data.processes).toStrictEqual([
    {
      name: 'here:1',
      requests: 12,
      failed: 3,
      commands: 5,
      stores: [
        { name: 'postgres', ok: true },
        { name: 'mongodb', ok: false },
      ],
      breakers: [
        { name: 'http://10.0.0.7:3000', ok: false },
        { name: 'mail', ok: true },
      ],
      clockSkew: 0.25,
    },
  ])
})

describe('log lines', () => {
  beforeAll(() =>
    logs.write([
      line(1),
      line(2, { level: 'error', traceId: 'trace-2' }),
      line(3, { service: 'agora', message: 'Agora is ready' }),
    ]),
  )
  const idsOf = async (search: string) => {
    const { status, body } = await admin.call('GET', `/observability/logs${search}`)
    expect(status).toBe(200)
    return body.data.entries.map(({ id }: LogEntry) => id)
  }

  test('are found by service, level, words, trace and time', async () => {
    expect(await idsOf('')).toEqual(['line-3', 'line-2', 'line-1'])
    expect(await idsOf('?service=ordering')).toEqual(['line-2', 'line-1'])
    expect(await idsOf('?level=error')).toEqual(['line-2'])
    expect(await idsOf('?q=ready')).toEqual(['line-3'])
    expect(await idsOf('?traceId=trace-2')).toEqual(['line-2'])
    expect(await idsOf('?from=2030-01-01T01:00:02%2B01:00&to=2030-01-01T00:00:02Z')).toEqual([
      'line-2',
    ])
  })

  test('are read in pages, each with a cursor of its question', async () => {
    const page = async (search: string) =>
      (await admin.call('GET', `/observability/logs?limit=2${search}`)).body.data
    const first = await page('')
    expect(first.entries).toHaveLength(2)
    const second = await page(`&cursor=${first.nextCursor}`)
    expect(second).toEqual({ entries: [line(1)] })
    const other = await admin.call(
      'GET',
      `/observability/logs?level=error&cursor=${first.nextCursor}`,
    )
    expect(other.status).toBe(400)
    expect(other.body.errors[0].field).toBe('cursor')
  })

  test.each([
    ['level', 'loud'],
    ['service', 'UPPER'],
    ['from', 'yesterday'],
    ['to', '2030'],
    ['limit', '0'],
    ['limit', '501'],
    ['q', ''],
    ['colour', 'blue'],
    ['cursor', 'forged'],
  ])('with an invalid or unknown filter %s=%s are refused', async (name, value) => {
    const { status, body } = await admin.call('GET', `/observability/logs?${name}=${value}`)
    expect(status).toBe(400)
    expect(body.errors[0].field).toBe(name)
  })

  test('of a range that ends before it begins are refused', async () => {
    const range = '?from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z'
    const { status, body } = await admin.call('GET', `/observability/logs${range}`)
    expect([status, body.errors[0].field]).toEqual([400, 'to'])
  })

  test('say of a 5xx what failed, with the causes, under the trace id of the answer', async () => {
    isAway = true
    const { status, body } = await admin.call('GET', '/observability/logs')
    isAway = false
    expect(status).toBe(503)
    const source = { service: 'agora', process: 'here:1' }
    const entries = written.flatMap((text, nth) => entryOf(text, `w${nth}`, source) ?? [])
    await logs.write(entries)
    const found = await admin.call('GET', `/observability/logs?traceId=${body.traceId}`)
    expect(found.body.data.entries).toMatchObject([
      {
        level: 'warn',
        service: 'observability',
        traceId: body.traceId,
        error: {
          type: 'Unavailable',
          message: 'Elasticsearch cannot be reached',
          causes: [{ type: 'Error', message: 'connect ECONNREFUSED' }],
        },
        details: { status: 503, method: 'GET', route: '/api/v1/observability/logs' },
      },
    ])
  })
})

describe('alerts', () => {
  const about = {
    rule: 'store-away',
    severity: 'critical' as const,
    summary: 'The store does not answer',
    value: 1,
    threshold: 0,
  }
  const origin = () => {
    const commandId = randomUUID()
    return { commandId, actorId: 'test', correlationId: commandId }
  }
  const raise = async (subject: string) => {
    const id = alertIdOf('store-away', subject)
    const command = { type: 'RaiseAlert' as const, data: { ...about, subject } }
    await world.deps.executor.execute(alert, id, command, origin())
    return id
  }
  const resolve = (subject: string) => {
    const command = { type: 'ResolveAlert' as const, data: {} }
    const id = alertIdOf('store-away', subject)
    return world.deps.executor.execute(alert, id, command, origin())
  }
  const listed = async (search: string) => {
    await world.readModels.fold()
    const { status, body } = await admin.call('GET', `/observability/alerts${search}`)
    expect(status).toBe(200)
    return body.data.alerts
  }
  const subjectsOf = async (search: string) =>
    (await listed(search)).map(({ subject }: { subject: string }) => subject)

  test('are listed by state, acknowledged, and listed with who takes care', async () => {
    const [redis] = [await raise('redis'), await raise('mongodb'), await raise('s3')]
    await resolve('s3')
    const acknowledged = await admin.call('POST', `/observability/alerts/${redis}/ack`)
    expect(acknowledged).toMatchObject({
      status: 200,
      body: { data: { id: redis, state: 'acknowledged' } },
    })
    const again = await admin.call('POST', `/observability/alerts/${redis}/ack`)
    expect(again.status).toBe(200)
    expect(await listed('?state=acknowledged')).toMatchObject([
      {
        ...about,
        id: redis,
        subject: 'redis',
        state: 'acknowledged',
        acknowledgedBy: admin.id,
        times: 1,
      },
    ])
    expect(await subjectsOf('?state=raised')).toEqual(['mongodb'])
    expect(await subjectsOf('?state=resolved')).toEqual(['s3'])
    expect((await subjectsOf('?state=open')).toSorted()).toEqual(['mongodb', 'redis'])
    expect(await subjectsOf('')).toHaveLength(3)
  })

  test('that are raised again begin anew', async () => {
    await raise('disk')
    await admin.call('POST', `/observability/alerts/${alertIdOf('store-away', 'disk')}/ack`)
    await resolve('disk')
    await raise('disk')
    const found = (await listed('?state=raised')).find(
      ({ subject }: { subject: string }) => subject === 'disk',
    )
    expect(found).toMatchObject({ times: 2 })
    expect(found).not.toHaveProperty('acknowledgedBy')
    expect(found).not.toHaveProperty('resolvedAt')
  })

  test('that are unknown or resolved cannot be acknowledged, nor is there another state', async () => {
    const unknown = await admin.call('POST', `/observability/alerts/${randomUUID()}/ack`)
    expect(unknown.status).toBe(404)
    const id = await raise('gone')
    await resolve('gone')
    const over = await admin.call('POST', `/observability/alerts/${id}/ack`)
    expect([over.status, over.body.code]).toEqual([409, 'alert_is_resolved'])
    const state = await admin.call('GET', '/observability/alerts?state=firing')
    expect([state.status, state.body.errors[0].field]).toEqual([400, 'state'])
    expect((await admin.call('POST', '/observability/alerts/none/ack')).status).toBe(400)
  })
})
