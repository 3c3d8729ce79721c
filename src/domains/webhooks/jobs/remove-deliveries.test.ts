import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asId, derivedId, timeAt } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { webhookDeliveries } from '../../../projections/index.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { UserId } from '../../shared/index.ts'
import { delivery, DeliveryId, webhook, WebhookId } from '../language.ts'
import { removeOldDeliveries } from './remove-deliveries.ts'

const day = 24 * 60 * 60_000
const ttl = 30 * day
const webhookId = asId(WebhookId, '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11')
const path = `/admin/webhooks/${webhookId}`

let world: HttpWorld
let admin: Call
let now = Date.parse('2030-01-07T12:00:00.000Z')
let count = 0

beforeAll(async () => {
  world = await httpWorld({
    contexts: ['webhooks'],
    clock: () => new Date(now),
    config: { accessTokenTtl: 5_000 * 24 * 3_600 },
  })
  const root = await world.someone('root', 'admin')
  admin = root.call
  const data = { url: 'https://shop.example/hooks', events: ['*'], by: asId(UserId, root.id) }
  await world.deps.executor.execute(
    webhook,
    webhookId,
    { type: 'SubscribeWebhook', data },
    originOf(),
  )
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  // What an earlier test has left is older than any time to live.
  now += 2 * ttl
  await run()
})

const originOf = () => {
  count += 1
  return { commandId: `c${count}`, actorId: 'tester', correlationId: `c${count}` }
}

const does = async (id: DeliveryId, ...commands: readonly Parameters<typeof commanded>[1][]) => {
  for (const command of commands) await commanded(id, command)
  return id
}
const commanded = (id: DeliveryId, command: Parameters<typeof delivery.decide>[1]) =>
  world.deps.executor.execute(delivery, id, command, originOf())

const delivered = { type: 'RecordDelivered', data: { attempt: 1, tookMs: 1, status: 204 } } as const
const failure = { attempt: 1, tookMs: 1, error: 'It failed.', jitter: 0 }
const failed = { type: 'RecordFailedAttempt', data: failure } as const
const givenUp = { type: 'RecordFailedAttempt', data: { ...failure, isFinal: true } } as const
const cancelled = { type: 'CancelDelivery', data: {} } as const
const replayed = { type: 'ReplayDelivery', data: {} } as const

const requested = async (...then: readonly Parameters<typeof commanded>[1][]) => {
  count += 1
  const eventId = `e${count}`
  const id = derivedId(DeliveryId, webhookId, eventId)
  const data = { webhookId, eventId, event: 'agora.ordering.OrderPlaced.v1', position: '1' }
  return does(id, { type: 'RequestDelivery', data }, ...then)
}

const run = async (more: Partial<JobPorts> = {}) => {
  await world.readModels.fold()
  await removeOldDeliveries.run(jobPorts(world, { webhookDeliveryTtl: ttl, ...more }))
  await world.readModels.fold()
}

const listed = async () => {
  await world.readModels.fold()
  const { documents } = await world.readModels.find(webhookDeliveries, { limit: 1_000 })
  return documents.map(({ id }) => id).toSorted()
}

const removals = async () => {
  const { events } = await world.log.readAll({ limit: 100_000 })
  return events.filter(({ type }) => type === 'DeliveryRemoved').length
}

test('deliveries that were delivered, given up or cancelled leave when their time is over, and not sooner', async () => {
  const ended = [
    await requested(delivered),
    await requested(givenUp),
    await requested(cancelled),
  ].toSorted()
  now += ttl
  await run()
  expect(await listed()).toEqual(ended)
  now += 1
  await run()
  expect(await listed()).toEqual([])
})

test('what is sent, waits for a retry or was replayed stays, however old it is', async () => {
  const going = [
    await requested(),
    await requested(failed),
    await requested(delivered, replayed),
    await requested(givenUp, replayed, { ...failed, data: { ...failure, attempt: 2 } }),
  ].toSorted()
  now += 10 * ttl
  await run()
  expect(await listed()).toEqual(going)
  const { documents } = await world.readModels.find(webhookDeliveries, { limit: 1_000 })
  expect(documents.filter(({ endedAt }) => endedAt !== undefined)).toEqual([])
  for (const id of going) await does(id, cancelled)
})

test('the time of a replayed delivery begins with its new end, also while the read model has the old one', async () => {
  const id = await requested(delivered)
  await world.readModels.fold()
  now += 2 * ttl
  await does(id, replayed, { ...delivered, data: { ...delivered.data, attempt: 2 } })
  // The document still says that it ended long ago.
  await removeOldDeliveries.run(jobPorts(world, { webhookDeliveryTtl: ttl }))
  expect(await listed()).toEqual([id])
  now += ttl + 1
  await run()
  expect(await listed()).toEqual([])
})

test('several processes remove more than a page of them, each once', async () => {
  const before = await removals()
  for (let n = 0; n < 250; n += 1) await requested(delivered)
  await world.readModels.fold()
  now += ttl + 1
  const ports = jobPorts(world, { webhookDeliveryTtl: ttl })
  await Promise.all([removeOldDeliveries.run(ports), removeOldDeliveries.run(ports)])
  expect(await listed()).toEqual([])
  expect((await removals()) - before).toBe(250)
})

test('the pages of a list go on while deliveries vanish', async () => {
  const all: string[] = []
  for (let n = 0; n < 6; n += 1) {
    all.push(await requested(delivered))
    now += day
  }
  await world.readModels.fold()
  const page = async (cursor?: string) => {
    const query = `limit=2${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    const { status, body } = await admin('GET', `${path}/deliveries?${query}`)
    expect(status, JSON.stringify(body)).toBe(200)
    const { deliveries, nextCursor } = body.data
    return { ids: deliveries.map(({ id }: { id: string }) => id), nextCursor }
  }
  const newest = all.toReversed()
  const first = await page()
  const second = await page(first.nextCursor)
  expect([...first.ids, ...second.ids]).toEqual(newest.slice(0, 4))
  // The cursor's own delivery is removed, and all older ones but none.
  now += ttl - 3 * day + 1
  await run()
  expect(await listed()).toEqual(newest.slice(0, 2).toSorted())
  expect((await page(first.nextCursor)).ids).toEqual([])
  expect((await page(second.nextCursor)).ids).toEqual([])
  expect((await page()).ids).toEqual(newest.slice(0, 2))
})

test('the replay of a removed delivery is refused with 404, and what has become of it', async () => {
  const id = await requested(givenUp)
  const since = timeAt(now - day)
  now += ttl + 1
  await run()
  const answer = await admin('POST', `${path}/deliveries/${id}/replay`)
  expect([answer.status, answer.body.code]).toEqual([404, 'no_such_delivery_anymore'])
  expect(answer.body.detail).toContain('was removed')
  expect((await admin('POST', `${path}/replay`, { since })).body.data.replayed).toBe(0)
})

test('nothing is removed where deliveries are listed for ever, or as the process stops', async () => {
  const id = await requested(delivered)
  now += 2 * ttl
  await run({ webhookDeliveryTtl: 0 })
  await run({ stopping: AbortSignal.abort() })
  expect(await listed()).toEqual([id])
})
