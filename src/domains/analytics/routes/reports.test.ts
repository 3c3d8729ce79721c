import { randomUUID } from 'node:crypto'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { httpWorld, type HttpWorld, type Reply } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { NotCaughtUp } from '../../../runtime/reading.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { checkThresholds } from '../jobs/check-thresholds.ts'
import { makeReport } from '../jobs/make-report.ts'
import { notifyOfBreaches } from '../jobs/notify-of-breaches.ts'
import { notifyOfReports } from '../jobs/notify-of-reports.ts'
import { removeOldReports, removeReportFile } from '../jobs/remove-reports.ts'
import { report } from '../language.ts'

type Someone = Awaited<ReturnType<HttpWorld['someone']>>
let now = Date.parse('2030-01-31T10:20:00Z')
let world: HttpWorld
let [ann, ada, root]: Someone[] = []
let ports: JobPorts
beforeAll(async () => {
  world = await httpWorld({
    contexts: ['analytics', 'notifications'],
    config: { accessTokenTtl: 10_000_000 },
    clock: () => new Date(now),
  })
  ann = await world.someone('ann', 'analyst')
  root = await world.someone('root', 'admin')
  ada = await world.someone('ada')
  ports = jobPorts(world)
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = (): Origin => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** A job, as it is dispatched. */
type Dispatched<Data> = {
  readonly dataOf: (event: RecordedEvent) => Data | undefined
  readonly run: (data: Data, origin: Origin, ports: JobPorts) => Promise<void>
}

/** Runs a job for all events of a type, twice each, as a job may run again. */
const runFor = async <Data>(job: Dispatched<Data>, type: string): Promise<void> => {
  const { events } = await world.log.readAll({
    after: 0n,
    limit: 10_000,
    types: [type],
  })
  await world.readModels.fold()
  for (const event of events) {
    const data = job.dataOf(event)
    if (data === undefined) continue
    const same = origin()
    await job.run(data, same, ports)
    await job.run(data, same, ports)
  }
  await world.readModels.fold()
}

const newsOf = async ({ id, call }: Someone, type: string): Promise<number> => {
  const { body } = await call('GET', `/notifications/user/${id}?limit=100`)
  return body.data.notifications.filter((one: { type: string }) => one.type === type).length
}
const fieldsOf = ({ status, body }: Reply): unknown => [
  status,
  body.errors?.map(({ field }: { field: string }) => field),
]

const request = async (format: string, kind = 'activity', more: object = {}) => {
  const asked = await ann!.call('POST', '/analytics/reports', {
    kind,
    format,
    from: '2030-01-31',
    to: '2030-01-31',
    timeZone: 'Europe/Berlin',
    ...more,
  })
  expect(asked.status, asked.text).toBe(202)
  return String(asked.body.data.id)
}
/** Bytes of a finished report. */
const fileOf = async (id: string) => {
  const { rawPayload, headers } = await world.app.inject({
    url: `/api/v1/analytics/reports/${id}/file`,
    headers: { authorization: `Bearer ${ann!.token}` },
  })
  return { bytes: rawPayload, type: headers['content-type'] }
}

describe('a report', () => {
  test('is made by a job as CSV, as a page and as Parquet, and its requester is notified once', async () => {
    await ada!.call('POST', '/analytics/event', {
      events: [{ eventType: 'view' }, { eventType: 'view' }],
    })
    const ids = await Promise.all(['csv', 'html', 'parquet'].map((format) => request(format)))
    const [csv = '', html = '', parquet = ''] = ids
    await world.readModels.fold()
    const before = await ann!.call('GET', `/analytics/reports/${csv}`)
    expect(before.body.data).toMatchObject({
      status: 'REQUESTED',
      from: '2030-01-30T23:00:00.000Z',
    })
    expect((await ann!.call('GET', `/analytics/reports/${csv}/file`)).status).toBe(409)

    await runFor(makeReport, 'ReportRequested')
    await runFor(notifyOfReports, 'ReportCompleted')
    const text = await fileOf(csv)
    expect(text.type).toBe('text/csv; charset=utf-8')
    expect(String(text.bytes)).toBe(
      'day,eventType,count,currency,amount\r\n2030-01-31,view,2,,0\r\n',
    )
    const page = String((await fileOf(html)).bytes)
    expect(page).toMatch(/^<!doctype html>.*<svg .*<rect .*view.*<td class="n">2<\/td>/s)
    expect(page).not.toMatch(/<script/)
    const { bytes } = await fileOf(parquet)
    const file = new Uint8Array(bytes).buffer
    expect(await parquetReadObjects({ file })).toEqual([
      { day: '2030-01-31', eventType: 'view', count: 2n, currency: '', amount: 0n },
    ])

    const { body } = await ann!.call('GET', '/analytics/reports?status=COMPLETED')
    expect(body.data.reports.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.toSorted())
    expect(await newsOf(ann!, 'report_completed')).toBe(3)
  })

  test('of every kind can be made, and is mailed to who asks for it', async () => {
    for (const kind of ['sales', 'orders', 'products', 'gigs', 'people', 'dashboard'])
      await request('html', kind, { mail: kind === 'sales' })
    await runFor(makeReport, 'ReportRequested')
    await runFor(notifyOfReports, 'ReportCompleted')
    const list = await ann!.call('GET', '/analytics/reports')
    expect(
      list.body.data.reports.every((one: { status: string }) => one.status === 'COMPLETED'),
    ).toBe(true)
    const news = await ann!.call('GET', `/notifications/user/${ann!.id}?limit=100`)
    const mails = news.body.data.notifications.filter(
      ({ channel }: { channel: string }) => channel === 'email',
    )
    expect(mails).toHaveLength(1)

    // The link of the mail shows this file to everybody for a week, and no other one.
    const link = /\/analytics\/reports\/\S+/.exec(mails[0].text)?.[0] ?? ''
    const id = link.split('/')[3] ?? ''
    const other = list.body.data.reports.find((one: { id: string }) => one.id !== id).id
    const got = async (path: string, call = world.anyone) => {
      const { status, body } = await call('GET', path)
      return status === 200 ? status : [status, body.code]
    }
    expect(await got(link)).toBe(200)
    expect(await got(link.replace(id, other))).toEqual([403, 'link_expired'])
    expect(await got(`/analytics/reports/${id}/file`)).toEqual([401, 'no_link'])
    expect(await got(`/analytics/reports/${id}/file`, ada!.call)).toEqual([403, 'forbidden'])
    const week = 7 * 24 * 3_600_000
    now += week + 1_000
    expect(await got(link)).toEqual([403, 'link_expired'])
    now -= week + 1_000
  })

  test('that cannot be made fails, and its requester is notified', async () => {
    const id = await request('csv')
    const { events } = await world.log.readAll({
      after: 0n,
      limit: 10_000,
      types: ['ReportRequested'],
    })
    const data = makeReport.dataOf(events.at(-1)!)
    expect.assert(data && typeof makeReport.givenUp === 'function')
    await makeReport.givenUp(data, origin(), new Error('No'), ports)
    await runFor(notifyOfReports, 'ReportFailed')
    expect((await ann!.call('GET', `/analytics/reports/${id}`)).body.data.status).toBe('FAILED')
    expect(await newsOf(ann!, 'report_failed')).toBe(1)
    expect((await world.deps.executor.stateOf(report, data.reportId)).state.status).toBe('failed')
  })

  test('is removed with its file by who asked for it, by admins, and after 90 days', async () => {
    const [mine, admins, old] = [await request('csv'), await request('csv'), await request('csv')]
    await runFor(makeReport, 'ReportRequested')
    const other = await world.someone('amy', 'analyst')
    const remove = (who: Someone, id: string) => who.call('DELETE', `/analytics/reports/${id}`)
    expect((await remove(other, mine)).status).toBe(403)
    expect((await remove(ann!, mine)).status).toBe(200)
    expect((await remove(ann!, mine)).status).toBe(404)
    expect((await remove(root!, admins)).status).toBe(200)
    await world.readModels.fold()
    const in90Days = { ...ports, clock: () => new Date(now + 90 * 24 * 60 * 60_000 + 1) }
    await removeOldReports.run({ ...ports, clock: () => new Date(now) })
    expect((await ann!.call('GET', `/analytics/reports/${old}/file`)).status).toBe(200)
    await removeOldReports.run(in90Days)
    await runFor(removeReportFile, 'ReportRemoved')
    // A job that makes it once more leaves no file.
    await runFor(makeReport, 'ReportRequested')
    for (const id of [mine, admins, old]) {
      expect((await ann!.call('GET', `/analytics/reports/${id}/file`)).status).toBe(404)
      expect((await ann!.call('GET', `/analytics/reports/${id}`)).status).toBe(404)
      expect(await ports.blobs.sizeOf(`report-${id}.csv`)).toBeUndefined()
    }
  })

  test.each<[object, string]>([
    [{ kind: 'gossip' }, 'kind'],
    [{ format: 'pdf' }, 'format'],
    [{ from: '2030-02-01' }, 'to'],
    [{ timeZone: 'Mars' }, 'timeZone'],
    [{ requestedBy: randomUUID() }, 'requestedBy'],
  ])('is not requested with %j', async (wrong, field) => {
    const body = { kind: 'sales', format: 'csv', from: '2030-01-01', to: '2030-01-31', ...wrong }
    expect(fieldsOf(await ann!.call('POST', '/analytics/reports', body))).toEqual([400, [field]])
  })

  test('is for analysts only', async () => {
    const body = { kind: 'sales', format: 'csv' }
    expect((await ada!.call('POST', '/analytics/reports', body)).status).toBe(403)
    for (const path of [randomUUID(), `${randomUUID()}/file`]) {
      expect((await ada!.call('GET', `/analytics/reports/${path}`)).status).toBe(403)
      expect((await ann!.call('GET', `/analytics/reports/${path}`)).status).toBe(404)
    }
  })
})

describe('a threshold', () => {
  const limit = { metric: 'activity', when: 'above', value: 2, bucket: 'hour' }
  const set = async (body: object) => {
    const answer = await ann!.call('POST', '/analytics/thresholds', body)
    expect(answer.status, answer.text).toBe(201)
    return String(answer.body.data.id)
  }
  const check = async () => {
    await world.readModels.fold()
    await checkThresholds.run(ports)
    await checkThresholds.run(ports)
    await runFor(notifyOfBreaches, 'MetricThresholdBreached')
  }
  const view = () => ada!.call('POST', '/analytics/event', { eventType: 'view' })

  test('that is passed notifies all admins once in a bucket, and nobody else', async () => {
    now += 24 * 60 * 60_000
    const id = await set(limit)
    await view()
    await view()
    await check()
    expect(await newsOf(root!, 'metric_threshold_breached')).toBe(0)
    await view()
    await check()
    await view()
    await check()
    expect(await newsOf(root!, 'metric_threshold_breached')).toBe(1)
    expect(await newsOf(ada!, 'metric_threshold_breached')).toBe(0)
    const list = await ann!.call('GET', '/analytics/thresholds')
    const [one] = list.body.data.thresholds
    expect(one).toMatchObject({
      id,
      breach: { bucketStart: '2030-02-01T10:00:00.000Z', measured: 3 },
    })
    now += 60 * 60_000
    for (let n = 0; n < 3; n += 1) await view()
    await check()
    expect(await newsOf(root!, 'metric_threshold_breached')).toBe(2)
    expect((await ann!.call('DELETE', `/analytics/thresholds/${id}`)).status).toBe(200)
    now += 60 * 60_000
    for (let n = 0; n < 3; n += 1) await view()
    await check()
    expect(await newsOf(root!, 'metric_threshold_breached')).toBe(2)
  })

  test('below which a metric stays is breached by a whole bucket after it was set', async () => {
    const before = await newsOf(root!, 'metric_threshold_breached')
    const id = await set({ metric: 'posts', when: 'below', value: 1, bucket: 'hour' })
    await check()
    expect(await newsOf(root!, 'metric_threshold_breached')).toBe(before)
    now += 2 * 60 * 60_000
    await check()
    expect(await newsOf(root!, 'metric_threshold_breached')).toBe(before + 1)
    await ann!.call('DELETE', `/analytics/thresholds/${id}`)
  })

  test('is compared in all of a bucket, also after its end, and not in one that ended before it was set', async () => {
    now = Date.parse('2030-03-01T12:30:00Z')
    const early = await set(limit)
    now = Date.parse('2030-03-01T12:59:50Z')
    for (let n = 0; n < 3; n += 1) await view()
    now = Date.parse('2030-03-01T13:00:05Z')
    const late = await set(limit)
    await check()
    const { body } = await ann!.call('GET', '/analytics/thresholds?limit=100')
    const breachOf = (id: string) =>
      body.data.thresholds.find((one: { id: string }) => one.id === id).breach
    expect(breachOf(early)).toEqual({ bucketStart: '2030-03-01T12:00:00.000Z', measured: 3 })
    expect(breachOf(late)).toBeUndefined()
    for (const id of [early, late]) await ann!.call('DELETE', `/analytics/thresholds/${id}`)
  })

  test('is not compared while the read models are behind, and reads a metric once for all its limits', async () => {
    now = Date.parse('2030-03-02T12:00:00Z')
    const ids = [
      await set({ ...limit, when: 'below', value: 3 }),
      await set({ ...limit, when: 'below', value: 1 }),
      await set({ ...limit, value: 100 }),
    ]
    now = Date.parse('2030-03-02T13:00:00Z') - 1
    await world.readModels.fold()
    now += 2 * 60 * 60_000
    for (let n = 0; n < 3; n += 1) await view()
    now += 60 * 60_000
    const asked: (readonly [string, bigint | undefined])[] = []
    const behind: JobPorts = {
      ...ports,
      readModels: {
        ...ports.readModels,
        find: async (model, query, minPosition) => {
          asked.push([model.name, minPosition])
          if (model.name === 'metric_days') throw new NotCaughtUp('It is behind.')
          return ports.readModels.find(model, query, minPosition)
        },
      },
    }
    await expect(checkThresholds.run(behind)).rejects.toThrow(NotCaughtUp)
    const head = await world.log.head()
    expect(asked).toEqual([
      ['thresholds', head],
      ['metric_days', head],
    ])
    await check()
    const { body } = await ann!.call('GET', '/analytics/thresholds?limit=100')
    expect(body.data.thresholds.filter((one: { breach?: object }) => one.breach)).toEqual([])
    for (const id of ids) await ann!.call('DELETE', `/analytics/thresholds/${id}`)
  })

  test('beyond a hundred is refused', async () => {
    const ids: string[] = []
    for (let n = 0; n < 100; n += 1) ids.push(await set({ ...limit, value: n }))
    const refused = await ann!.call('POST', '/analytics/thresholds', limit)
    expect([refused.status, refused.body.code]).toEqual([409, 'too_many_thresholds'])
    expect((await ann!.call('DELETE', `/analytics/thresholds/${ids[0]}`)).status).toBe(200)
    const again = await set(limit)
    await ann!.call('DELETE', `/analytics/thresholds/${again}`)
  })

  test.each<[object, unknown]>([
    [{ metric: 'profit' }, [400, ['metric']]],
    [{ when: 'beside' }, [400, ['when']]],
    [{ value: -1 }, [400, ['value']]],
    [{ value: 1.5 }, [400, ['value']]],
    [{ bucket: 'year' }, [400, ['bucket']]],
    [{ currency: 'EUR' }, [400, undefined]],
  ])('is not set with %j', async (wrong, expected) =>
    expect(
      fieldsOf(await ann!.call('POST', '/analytics/thresholds', { ...limit, ...wrong })),
    ).toEqual(expected),
  )

  test('is for analysts only', async () => {
    expect((await ada!.call('POST', '/analytics/thresholds', limit)).status).toBe(403)
    const path = `/analytics/thresholds/${randomUUID()}`
    expect((await ada!.call('DELETE', path)).status).toBe(403)
    expect((await ann!.call('DELETE', path)).status).toBe(404)
  })
})
