import { createHmac, timingSafeEqual } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { httpWebhooks } from '../../../platform/external/webhooks/http.ts'
import { memoryWebhooks } from '../../../platform/external/webhooks/memory.ts'
import { startEndpoint } from '../../../platform/external/webhooks/testing/endpoint.ts'
import { Interrupted } from '../../../platform/interrupted.ts'
import { webhookDeliveries } from '../../../projections/index.ts'
import type { WebhookRequest } from '../../../platform/external/webhooks/port.ts'
import { NotCaughtUp } from '../../../runtime/reading.ts'
import { boundChore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { asId } from '#kernel'
import { UserId } from '../../shared/index.ts'
import { erase } from '../erase.ts'
import { webhooks as context } from '../index.ts'
import { retryDeliveries } from '../jobs/retry-deliveries.ts'

const webhooks = memoryWebhooks()
let world: HttpWorld
let ports: JobPorts
let admin: Call
/** The same, while read models stay behind. */
let adminAtOnce: Call
let adminId: string
let user: Call
let now = 0
let position = 0n
const start = Date.parse('2030-01-07T12:00:00.000Z')
const hour = 60 * 60_000
const url = 'https://shop.example/hooks'
const created = 'agora.catalog.ProductCreated.v1'

/** Runs the jobs of the context for all events since the last time, and for those that follow. */
const deliver = async (): Promise<void> => {
  for (;;) {
    await world.readModels.fold()
    const { events, position: to } = await world.log.readAll({ after: position, limit: 10_000 })
    if (events.length === 0) return
    position = to
    const work = events.flatMap((event) =>
      context.jobs.flatMap(({ name, reads, dataOf, run }) => {
        const data = reads.includes(event.type) ? dataOf(event) : undefined
        const commandId = `${name}-${event.eventId}`
        const origin = { commandId, actorId: name, correlationId: commandId }
        // The data as the queue has them, and twice, as after the death of a process.
        const queued = data === undefined ? [] : [JSON.parse(JSON.stringify(data)) as never]
        return queued.map((one) => async () => {
          await run(one, origin, ports)
          await run(one, origin, ports)
        })
      }),
    )
    await Promise.all(work.map((one) => one()))
  }
}

/** Lets time pass, and makes the attempts that are due. */
const pass = async (ms: number): Promise<void> => {
  now += ms
  await world.readModels.fold()
  for (const { run } of context.chores) await run(ports)
  await deliver()
}

beforeAll(async () => {
  now = start
  world = await httpWorld({
    contexts: ['webhooks', 'catalog'],
    clock: () => new Date(now),
    config: { accessTokenTtl: 90 * 24 * 3_600 },
  })
  ports = jobPorts(world, { webhooks })
  const root = await world.someone('root', 'admin', 'seller')
  adminId = root.id
  adminAtOnce = root.call
  admin = async (...call) => {
    await world.readModels.fold()
    return root.call(...call)
  }
  user = (await world.someone('ada', 'seller', 'analyst')).call
  await deliver()
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  ports = jobPorts(world, { webhooks })
  webhooks.answers.clear()
  for (const { id } of (await admin('GET', '/admin/webhooks?limit=100')).body.data.webhooks)
    await admin('DELETE', `/admin/webhooks/${id}`)
  await deliver()
  webhooks.taken.length = 0
})

let hooks = 0
const subscribe = async (more: object = {}) => {
  hooks += 1
  const body = { url: `${url}/${hooks}`, events: [created], ...more }
  const answer = await admin('POST', '/admin/webhooks', body)
  expect(answer.status, answer.text).toBe(201)
  const { id, secret } = answer.body.data
  const path = `/admin/webhooks/${id}`
  const deliveries = async (query = '') =>
    (await admin('GET', `${path}/deliveries${query}`)).body.data.deliveries
  return { id, secret, path, url: body.url, deliveries }
}

let products = 0
const create = async (call = admin) => {
  products += 1
  const price = { amount: 100, currency: 'EUR' }
  const product = { name: `Lamp ${products}`, category: 'light', price }
  const { status, body } = await call('POST', '/products', product)
  expect(status).toBe(201)
  return body.data.id
}

const verifies = ({ id, at, body, secrets }: WebhookRequest, secret: string) =>
  secrets.some((one) => {
    const mac = (key: string) =>
      createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
        .update(`${id}.${String(at.getTime())}.${body}`)
        .digest()
    return timingSafeEqual(mac(one), mac(secret))
  })

const away = (status = 500) =>
  ({ outcome: 'failed', status, tookMs: 5, error: `The endpoint answered ${status}.` }) as const

test('only admins may see or change webhooks', async () => {
  const { path } = await subscribe()
  const calls = [
    ['POST', '/admin/webhooks'],
    ['GET', '/admin/webhooks'],
    ['GET', '/admin/webhooks/events'],
    ['GET', path],
    ['PUT', path],
    ['DELETE', path],
    ['POST', `${path}/pause`],
    ['POST', `${path}/resume`],
    ['POST', `${path}/rotate-secret`],
    ['POST', `${path}/test`],
    ['POST', `${path}/replay`],
    ['GET', `${path}/deliveries`],
    ['POST', `${path}/deliveries/0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11/replay`],
  ] as const
  for (const [method, at] of calls)
    expect((await user(method, at, method === 'GET' ? undefined : {})).status, at).toBe(403)
})

test('a subscribed event is delivered once, as a signed CloudEvent, however often its jobs run', async () => {
  const { secret, deliveries, url: to } = await subscribe()
  const id = await create()
  await deliver()
  expect(webhooks.taken).toHaveLength(1)
  const [request] = webhooks.taken
  expect.assert(request)
  expect(request).toMatchObject({ url: to, contentType: 'application/cloudevents+json' })
  expect(verifies(request, secret)).toBe(true)
  const event = JSON.parse(request.body)
  expect(event).toMatchObject({
    specversion: '1.0',
    id: request.id,
    source: '/agora/catalog',
    type: created,
    subject: `product-${id}`,
    revision: 0,
    datacontenttype: 'application/json',
    data: { productId: id },
  })
  expect(await deliveries()).toEqual([
    expect.objectContaining({
      eventId: request.id,
      event: created,
      state: 'DELIVERED',
      attempt: 1,
    }),
  ])
})

test('other events, and those from before the subscription, are not delivered', async () => {
  await create()
  await subscribe({ events: ['agora.ordering.OrderPlaced.v1'] })
  const every = await subscribe({ events: ['*'] })
  await create()
  await deliver()
  expect(webhooks.taken.map((one) => one.url)).toEqual([every.url])
})

test('personal fields are left out', async () => {
  await subscribe({ events: ['agora.identity.UserRegistered.v1'] })
  await world.someone('grace')
  await deliver()
  const bodies = webhooks.taken.map(({ body }) => body)
  expect(bodies).toHaveLength(1)
  expect(bodies[0]).toContain('"userId"')
  expect(bodies[0]).not.toContain('grace')
})

test('the secret is shown once, is nowhere else, and a repeated request gets the same', async () => {
  const body = { url, events: ['*'], description: 'For the warehouse' }
  const headers = { 'idempotency-key': 'the-same-webhook' }
  const first = await admin('POST', '/admin/webhooks', body, headers)
  const again = await admin('POST', '/admin/webhooks', body, headers)
  expect(again.body.data).toEqual(first.body.data)
  const { id, secret } = first.body.data
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const shown = await admin('GET', `/admin/webhooks/${id}`)
  expect(shown.body.data.webhook).toMatchObject({
    url,
    status: 'ACTIVE',
    description: body.description,
  })
  const { events } = await world.log.readAll({ limit: 10_000 })
  const everywhere = JSON.stringify([shown.body, events.map(({ data }) => data)])
  expect(everywhere).not.toContain(secret)
})

test('after a rotation both secrets sign for a day', async () => {
  const { secret, path } = await subscribe()
  const rotated = (await admin('POST', `${path}/rotate-secret`)).body.data
  expect(rotated.secret).not.toBe(secret)
  await create()
  await deliver()
  now += 24 * hour
  await create()
  await deliver()
  const [during, after] = webhooks.taken
  expect.assert(during && after)
  expect([verifies(during, secret), verifies(during, rotated.secret)]).toEqual([true, true])
  expect([verifies(after, secret), verifies(after, rotated.secret)]).toEqual([false, true])
})

describe('a delivery that fails', () => {
  test('is retried with the same id until the endpoint takes it', async () => {
    const { url: to, deliveries } = await subscribe()
    webhooks.answers.set(to, away())
    await create()
    await deliver()
    const [waiting] = await deliveries('?state=WAITING')
    expect(waiting).toMatchObject({ attempt: 2, status: 500, error: 'The endpoint answered 500.' })
    await pass(1_000)
    expect((await deliveries())[0].attempt).toBe(2)
    webhooks.answers.delete(to)
    await pass(7_000)
    expect(webhooks.taken.map(({ id }) => id)).toEqual([waiting.eventId])
    expect(await deliveries()).toEqual([
      expect.objectContaining({ state: 'DELIVERED', attempt: 2, status: 204 }),
    ])
  })

  test('is given up after three days, and replayed by hand', async () => {
    const { url: to, path, deliveries } = await subscribe()
    webhooks.answers.set(to, away(503))
    const since = new Date(now).toISOString()
    await create()
    await deliver()
    for (let passed = 0; passed < 74; passed += 1) await pass(hour)
    const [failed] = await deliveries('?state=FAILED')
    expect(failed.attempt).toBeGreaterThan(15)
    const { webhook } = (await admin('GET', path)).body.data
    expect(webhook).toMatchObject({ givenUp: 1, lastError: 'The endpoint answered 503.' })

    webhooks.answers.delete(to)
    const other = await subscribe()
    const foreign = `${other.path}/deliveries/${failed.id}/replay`
    expect((await admin('POST', foreign)).status).toBe(404)
    const replay = () => admin('POST', `${path}/deliveries/${failed.id}/replay`)
    expect((await replay()).status).toBe(202)
    expect((await replay()).status).toBe(409)
    // It has three days of its own.
    const replayed = { state: 'SENDING', since: new Date(now).toISOString(), createdAt: since }
    expect(await deliveries()).toEqual([expect.objectContaining(replayed)])
    await deliver()
    expect(webhooks.taken.map(({ id }) => id)).toEqual([failed.eventId])
    expect((await admin('GET', path)).body.data.webhook.givenUp).toBe(0)

    const answer = await admin('POST', `${path}/replay`, { since })
    expect(answer.body.data).toEqual({ replayed: 0, remaining: 0 })
  })

  test('all that was given up since a time is replayed', async () => {
    const { url: to, path, deliveries } = await subscribe()
    webhooks.answers.set(to, away())
    await create()
    await create()
    await deliver()
    now += 73 * hour
    for (let n = 0; n < 4; n += 1) await pass(400_000)
    expect(await deliveries('?state=FAILED')).toHaveLength(2)
    webhooks.answers.delete(to)
    const early = { since: new Date(now).toISOString() }
    expect((await admin('POST', `${path}/replay`, early)).body.data.replayed).toBe(0)
    const late = { since: new Date(now - 80 * hour).toISOString() }
    const answer = await admin('POST', `${path}/replay`, late)
    expect([answer.status, answer.body.data]).toEqual([202, { replayed: 2, remaining: 0 }])
    await deliver()
    expect(webhooks.taken).toHaveLength(2)
    expect((await admin('POST', `${path}/replay`, { since: 'soon' })).body.errors[0].field).toBe(
      'since',
    )
  })

  test('of an endpoint that fails again and again leaves other endpoints alone', async () => {
    const bad = await subscribe()
    const good = await subscribe()
    webhooks.answers.set(bad.url, away())
    for (let n = 0; n < 8; n += 1) await create()
    await deliver()
    expect(webhooks.taken.filter((one) => one.url === good.url)).toHaveLength(8)
    expect(await bad.deliveries('?state=WAITING')).toHaveLength(8)
    // One at a time is tried, with pauses.
    await pass(10_000)
    const tried = async () =>
      (await bad.deliveries()).filter((one: { attempt: number }) => one.attempt > 2).length
    expect(await tried()).toBe(0)
    const { webhook } = (await admin('GET', bad.path)).body.data
    const since = Date.parse(webhook.nextTrialAt) - Date.parse(webhook.lastFailureAt)
    expect([webhook.failuresInARow, since]).toEqual([8, 4 * 60_000])
    await pass(5 * 60_000)
    await pass(1_000)
    expect(await tried()).toBe(1)
    webhooks.answers.delete(bad.url)
    await pass(10 * 60_000)
    await pass(1_000)
    expect(await bad.deliveries('?state=DELIVERED')).toHaveLength(8)
  })
})

test('an endpoint that is gone ends its webhook until it is resumed', async () => {
  const { url: to, path, deliveries } = await subscribe()
  webhooks.answers.set(to, { outcome: 'gone', status: 410, tookMs: 1, error: 'It is gone.' })
  await create()
  await deliver()
  const { webhook } = (await admin('GET', path)).body.data
  expect(webhook).toMatchObject({ status: 'DISABLED', givenUp: 1 })
  expect(await deliveries()).toEqual([expect.objectContaining({ state: 'FAILED', status: 410 })])
  webhooks.answers.delete(to)
  await create()
  await deliver()
  expect(webhooks.taken).toEqual([])
  expect((await admin('POST', `${path}/resume`)).body.data.status).toBe('ACTIVE')
  await create()
  await deliver()
  expect(webhooks.taken).toHaveLength(1)
})

test('a paused webhook delivers what has waited once it is resumed, and a test at once', async () => {
  const { path } = await subscribe()
  expect((await admin('POST', `${path}/pause`)).body.data.status).toBe('PAUSED')
  await create()
  await deliver()
  const before = await world.log.head()
  await pass(1_000)
  expect(webhooks.taken).toEqual([])
  // What waits for an admin writes nothing.
  expect(await world.log.head()).toBe(before)
  const tested = await admin('POST', `${path}/test`)
  await deliver()
  expect(webhooks.taken.map(({ body }) => JSON.parse(body))).toEqual([
    expect.objectContaining({ id: tested.body.data.eventId, type: 'agora.webhooks.Test.v1' }),
  ])
  await admin('POST', `${path}/resume`)
  await pass(1_000)
  expect(webhooks.taken).toHaveLength(2)
})

test('deliveries that were postponed are made later, and do not count', async () => {
  const { url: to, deliveries } = await subscribe()
  webhooks.answers.set(to, { outcome: 'postponed', forMs: 1_000 })
  await create()
  await deliver()
  webhooks.answers.delete(to)
  await pass(2_001)
  expect(await deliveries()).toEqual([expect.objectContaining({ state: 'DELIVERED', attempt: 1 })])
})

describe('many deliveries', () => {
  const createMany = async (count: number) => {
    for (let n = 0; n < count; n += 1) await create(adminAtOnce)
  }

  test('to an endpoint that is slow cost two events each', async () => {
    await using endpoint = await startEndpoint()
    endpoint.answer((response) => void setTimeout(() => response.writeHead(204).end(), 5))
    const http = httpWebhooks({ privateHosts: ['127.0.0.1'] })
    const deliverTo = {
      deliver: (one: WebhookRequest) => http.deliver({ ...one, url: endpoint.url }),
    }
    ports = { ...ports, webhooks: deliverTo }
    await subscribe()
    const before = await world.log.head()
    await createMany(200)
    await deliver()
    await pass(2_001)
    const { events } = await world.log.readAll({ after: before, limit: 10_000 })
    const ofDeliveries = events.filter(({ type }) => type.startsWith('Delivery'))
    expect(ofDeliveries.filter(({ type }) => type === 'DeliverySucceeded')).toHaveLength(200)
    expect(ofDeliveries).toHaveLength(400)
  })

  test('that have waited for an admin follow a few at a time, and none is given up unsent', async () => {
    const { path } = await subscribe()
    await admin('POST', `${path}/pause`)
    await createMany(20)
    await deliver()
    now += 73 * hour
    await admin('POST', `${path}/resume`)
    await pass(1_000)
    expect(webhooks.taken).toHaveLength(16)
    await pass(1_000)
    expect(webhooks.taken).toHaveLength(20)
  })

  test('are released as far as others have been sent', async () => {
    const { url: to, deliveries } = await subscribe()
    webhooks.answers.set(to, { outcome: 'postponed', forMs: 1_000 })
    await createMany(20)
    await deliver()
    now += 3_000
    await world.readModels.fold()
    // The jobs of the first round have not run yet.
    for (let n = 0; n < 3; n += 1) {
      for (const { run } of context.chores) await run(ports)
      await world.readModels.fold()
    }
    expect(await deliveries('?state=SENDING&limit=100')).toHaveLength(16)
    await deliver()
  })

  test('that wait for a slow endpoint for three days are given up', async () => {
    const { url: to, deliveries } = await subscribe()
    webhooks.answers.set(to, { outcome: 'postponed', forMs: 1_000 })
    await createMany(20)
    await deliver()
    now += 73 * hour
    await pass(1_000)
    const error = 'It was not taken within three days.'
    expect(await deliveries('?state=FAILED&limit=100')).toEqual(
      Array(20).fill(expect.objectContaining({ error })),
    )
  })
})

test('a delivery whose process stops is left to another process, without an event', async () => {
  const { url: to, deliveries } = await subscribe()
  webhooks.answers.set(to, { outcome: 'postponed', forMs: 1_000 })
  ports = { ...ports, stopping: AbortSignal.abort() }
  await create()
  await expect(deliver()).rejects.toThrow(Interrupted)
  expect(await deliveries()).toEqual([expect.objectContaining({ state: 'SENDING' })])
})

test('nothing is retried before the read model has a generation; an outage is reported', async () => {
  const failing = (error: Error) => {
    const find = async () => {
      throw error
    }
    return boundChore(retryDeliveries, {
      ...ports,
      readModels: { ...ports.readModels, find },
    }).run()
  }
  await expect(failing(new NotCaughtUp('It has no generation yet'))).resolves.toBe(undefined)
  await expect(failing(new Error('away'))).rejects.toThrow('away')
})

test('a deleted webhook gets nothing, not even what has waited', async () => {
  const { url: to, path } = await subscribe()
  webhooks.answers.set(to, away())
  await create()
  await deliver()
  expect((await admin('DELETE', path)).body.data.status).toBe('DELETED')
  await deliver()
  webhooks.answers.delete(to)
  await pass(hour)
  await create()
  await deliver()
  expect(webhooks.taken).toEqual([])
  expect((await admin('GET', path)).status).toBe(404)
  expect((await admin('POST', `${path}/test`)).status).toBe(404)
})

test('a delivery that fails while its webhook is deleted waits for nothing', async () => {
  const { id: webhookId, path } = await subscribe()
  const deliverAndDelete = async () => {
    await admin('DELETE', path)
    // The deletion is complete before the failure is recorded.
    await deliver()
    return away()
  }
  ports = { ...ports, webhooks: { deliver: deliverAndDelete } }
  await create()
  await deliver()
  await world.readModels.fold()
  const { documents } = await world.readModels.find(webhookDeliveries, { where: { webhookId } })
  expect(documents).toEqual([expect.objectContaining({ state: 'CANCELLED' })])
})

test('a change applies to what waits; bad input names its field', async () => {
  const { path, url: before } = await subscribe()
  webhooks.answers.set(before, away())
  await create()
  await deliver()
  const after = { url: 'https://other.example/hooks', events: ['*'] }
  expect((await admin('PUT', path, after)).status).toBe(200)
  await pass(7_000)
  expect(webhooks.taken.map((one) => one.url)).toEqual([after.url])

  const fieldOf = async (body: object) => {
    const { status, body: answer } = await admin('PUT', path, body)
    return [status, answer.errors[0].field]
  }
  expect(await fieldOf({ ...after, url: 'http://10.0.0.1/' })).toEqual([400, 'url'])
  expect(await fieldOf({ ...after, events: [] })).toEqual([400, 'events'])
  expect(await fieldOf({ ...after, events: ['*', 'nonsense'] })).toEqual([400, 'events.1'])
  expect(await fieldOf({ url: after.url })).toEqual([400, 'events'])
  const unknown = '/admin/webhooks/0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'
  expect((await admin('PUT', unknown, after)).status).toBe(404)
})

test('there are at most fifty', async () => {
  for (let n = 0; n < 50; n += 1) await subscribe()
  const { status, body } = await admin('POST', '/admin/webhooks', { url, events: ['*'] })
  expect([status, body.code]).toEqual([409, 'too_many_webhooks'])
})

test('every event that a context publishes can be subscribed to', async () => {
  const { modules } = await import('../../index.ts')
  const published = modules.flatMap(({ name, published: some }) =>
    some.map(({ event, version }) => `agora.${name}.${event}.v${version}`),
  )
  const { events } = (await admin('GET', '/admin/webhooks/events')).body.data
  expect(events.map(({ name }: { name: string }) => name).toSorted()).toEqual(published.toSorted())
})

test('the words of an admin who has left are erased, and the webhook goes on', async () => {
  const { path } = await subscribe({ description: 'Call Ada' })
  const origin = { commandId: 'erasure', actorId: 'test', correlationId: 'erasure' }
  const erasing = { userId: asId(UserId, adminId), hastened: false, origin }
  const erased = await erase(erasing, { ...ports, readModels: world.readModels })
  expect(erased.counts).toEqual({ webhookDescriptions: 1 })
  const { webhook } = (await admin('GET', path)).body.data
  expect(webhook).not.toHaveProperty('description')
  expect(webhook.status).toBe('ACTIVE')
})
