import assert from 'node:assert/strict'
import { test } from 'vitest'
import { asId, derivedUuid } from '#kernel'
import { httpWorld, noOperations } from '../../../../test/support/http.ts'
import { notification, notificationIdOf } from '../../notifications/language.ts'
import { OrderId, UserId } from '../../shared/index.ts'

const origin = (commandId: string) => ({ commandId, actorId: 'test', correlationId: commandId })

test('a user reads notifications, and marks them as read', async () => {
  await using world = await httpWorld()
  const ada = await world.someone('ada')
  const otto = await world.someone('otto')
  const admin = await world.someone('root', 'admin')
  const orderId = asId(OrderId, derivedUuid('order'))
  const id = notificationIdOf(orderId, 'order_confirmed', 'in_app')
  const message = {
    type: 'order_confirmed',
    subject: 'Confirmed',
    text: 'Your order is confirmed.',
  }
  await world.deps.executor.execute(
    notification,
    id,
    {
      type: 'RequestNotification',
      data: { ...message, userId: asId(UserId, ada.id), channel: 'in_app', orderId },
    },
    origin(derivedUuid('told')),
  )
  await world.readModels.fold()

  const list = `/notifications/user/${ada.id}`
  const { body } = await ada.call('GET', list)
  const [{ createdAt, sentAt, ...told }] = body.data.notifications
  assert.ok(createdAt && sentAt)
  assert.deepEqual(told, {
    id,
    userId: ada.id,
    channel: 'in_app',
    ...message,
    orderId,
    status: 'SENT',
    read: false,
  })
  assert.equal((await ada.call('GET', `${list}?unread=true`)).body.data.total, 1)

  const read = `/notifications/${id}/read`
  assert.equal((await otto.call('POST', read)).status, 403)
  assert.equal((await admin.call('POST', read)).status, 403)
  const marked = await ada.call('POST', read)
  assert.equal(marked.status, 200)
  assert.deepEqual(marked.body.data, { id, read: true })
  const { position } = marked.body.meta
  const unread = await ada.call('GET', `${list}?unread=true&minPosition=${position}`)
  assert.equal(unread.body.data.total, 0)
  assert.equal((await ada.call('GET', `${list}?unread=false`)).body.data.total, 1)
})

test('analysts read the log by stream, category and type, with secret and personal fields masked', async () => {
  await using world = await httpWorld()
  const ann = await world.someone('ann', 'analyst')
  for (const name of ['bob', 'carl', 'dora']) await world.someone(name)

  const { body } = await ann.call('GET', '/analytics/streams')
  assert.deepEqual(
    body.data.categories.map(({ category }: { category: string }) => category),
    ['account', 'email', 'session', 'username'],
  )
  const accounts = await ann.call('GET', '/analytics/streams?category=account&limit=3')
  const { categories, streams, nextCursor } = accounts.body.data
  assert.deepEqual(categories, [{ category: 'account', streams: 4, events: 9 }])
  assert.equal(streams.length, 3)
  const rest = await ann.call(
    'GET',
    `/analytics/streams?category=account&limit=3&cursor=${nextCursor}`,
  )
  assert.equal(rest.body.data.streams.length, 1)
  assert.equal(rest.body.data.nextCursor, undefined)

  const [{ stream }] = streams
  const path = `/analytics/streams/${stream}/events`
  const first = await ann.call('GET', `${path}?count=1`)
  const [event] = first.body.data.events
  assert.equal(event.type, 'UserRegistered')
  assert.deepEqual(
    { email: event.data.email, username: event.data.username, roles: event.data.roles },
    { email: '***', username: '***', roles: ['buyer'] },
  )
  assert.ok(event.metadata.correlationId)
  assert.equal(first.body.data.nextFrom, 1)
  const second = await ann.call('GET', `${path}?from=1&count=1`)
  assert.deepEqual(second.body.data.events[0].data, { passwordHash: '***' })
  const back = await ann.call('GET', `${path}?direction=backwards&count=1`)
  assert.equal(back.body.data.events[0].revision, 2)
  assert.equal(back.body.data.nextFrom, 1)
})

test('the whole log is paged by cursor up to its head', async () => {
  await using world = await httpWorld()
  const ann = await world.someone('ann', 'analyst')
  for (const name of ['bob', 'carl']) await world.someone(name)
  const ask = async (query: string) =>
    (await ann.call('GET', `/analytics/events?${query}`)).body.data

  const all = await ask('limit=1000')
  assert.equal(all.caughtUp, true)
  assert.equal(BigInt(all.nextCursor), await world.log.head())
  const paged: string[] = []
  let page = await ask('category=account,session&type=UserRegistered,UserLoggedIn&limit=2')
  for (;;) {
    paged.push(...page.events.map(({ type }: { type: string }) => type))
    if (page.caughtUp) break
    page = await ask(
      `category=account,session&type=UserRegistered,UserLoggedIn&limit=2&cursor=${page.nextCursor}`,
    )
  }
  assert.equal(paged.filter((type) => type === 'UserRegistered').length, 3)
  assert.equal(paged.filter((type) => type === 'UserLoggedIn').length, 4)
  assert.equal(paged.length, 7)
  assert.equal((await ask('fromPosition=3&limit=1')).events[0].position, '3')
})

test('operators read and manage read models, sagas and dead letters', async () => {
  const asked: string[] = []
  const did = (what: string) => async (name: string) => {
    asked.push(`${what} ${name}`)
    return true
  }
  const at = '2030-01-01T00:00:00.000Z'
  const run = { saga: 'fulfilment', id: 'order-1', startedAt: at, updatedAt: at, steps: 3 }
  const letter = {
    id: 'a',
    name: 'orders',
    key: 'k',
    error: 'no',
    attempts: 5,
    at,
    type: 'OrderPaid',
  }
  await using world = await httpWorld({
    operations: {
      ...noOperations,
      projections: async () => [
        {
          name: 'orders',
          version: 1,
          generation: 2,
          store: 'postgres',
          status: 'live',
          position: 40n,
          head: 42n,
          lagEvents: 2,
          lagSeconds: 0.5,
          parked: 1,
          rebuild: { progress: 10, total: 42, etaSeconds: 3 },
        },
      ],
      rebuild: did('rebuild'),
      pause: did('pause'),
      resume: did('resume'),
      sagas: async ({ state = 'running', limit, offset } = {}) => {
        asked.push(`sagas ${state} ${limit} ${offset}`)
        return { runs: [{ ...run, state }], total: 8 }
      },
      saga: async (id) => [{ ...run, id, state: 'ended' }],
      retrySaga: did('retry saga'),
      deadLetters: async () => [{ ...letter, kind: 'projection', position: 7n }],
      retryDeadLetter: did('retry letter'),
    },
  })
  const { call } = await world.someone('root', 'admin')
  const data = async (path: string) => (await call('GET', path)).body.data

  const [projection] = (await data('/admin/projections')).projections
  assert.deepEqual(
    { position: projection.position, head: projection.head, rebuild: projection.rebuild },
    { position: '40', head: '42', rebuild: { progress: 10, total: 42, etaSeconds: 3 } },
  )
  for (const verb of ['rebuild', 'pause', 'resume']) {
    const reply = await call('POST', `/admin/projections/orders/${verb}`)
    assert.equal(reply.status, 202)
    assert.deepEqual(reply.body.data, { name: 'orders', accepted: true })
  }
  assert.deepEqual((await data('/admin/sagas?state=parked&limit=5')).sagas, [
    { ...run, state: 'parked' },
  ])
  assert.deepEqual((await data('/admin/sagas/x')).sagas, [{ ...run, id: 'x', state: 'ended' }])
  assert.equal((await call('POST', '/admin/sagas/x/retry')).status, 202)
  assert.deepEqual((await data('/admin/dead-letters')).deadLetters, [
    { ...letter, kind: 'projection', position: '7' },
  ])
  assert.equal((await call('POST', '/admin/dead-letters/a/retry')).status, 202)
  assert.deepEqual(asked, [
    'rebuild orders',
    'pause orders',
    'resume orders',
    'sagas parked 5 0',
    'retry saga x',
    'retry letter a',
  ])
})
