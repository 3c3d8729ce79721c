import { expect, test } from 'vitest'
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
  expect.assert(createdAt && sentAt)
  expect(told).toStrictEqual({
    id,
    userId: ada.id,
    channel: 'in_app',
    ...message,
    orderId,
    status: 'SENT',
    read: false,
  })
  expect((await ada.call('GET', `${list}?unread=true`)).body.data.total).toBe(1)

  const read = `/notifications/${id}/read`
  expect((await otto.call('POST', read)).status).toBe(403)
  expect((await admin.call('POST', read)).status).toBe(403)
  const marked = await ada.call('POST', read)
  expect(marked.status).toBe(200)
  expect(marked.body.data).toStrictEqual({ id, read: true })
  const { position } = marked.body.meta
  const unread = await ada.call('GET', `${list}?unread=true&minPosition=${position}`)
  expect(unread.body.data.total).toBe(0)
  expect((await ada.call('GET', `${list}?unread=false`)).body.data.total).toBe(1)
})

test('analysts read the log by stream, category and type, with secret and personal fields masked', async () => {
  await using world = await httpWorld()
  const ann = await world.someone('ann', 'analyst')
  for (const name of ['bob', 'carl', 'dora']) await world.someone(name)

  const { body } = await ann.call('GET', '/analytics/streams')
  expect(body.data.categories.map(({ category }: { category: string }) => category)).toStrictEqual([
    'account',
    'email',
    'session',
    'username',
  ])
  const accounts = await ann.call('GET', '/analytics/streams?category=account&limit=3')
  const { categories, streams, nextCursor } = accounts.body.data
  expect(categories).toStrictEqual([{ category: 'account', streams: 4, events: 9 }])
  expect(streams.length).toBe(3)
  const rest = await ann.call(
    'GET',
    `/analytics/streams?category=account&limit=3&cursor=${nextCursor}`,
  )
  expect(rest.body.data.streams.length).toBe(1)
  expect(rest.body.data.nextCursor).toBeUndefined()

  const [{ stream }] = streams
  const path = `/analytics/streams/${stream}/events`
  const first = await ann.call('GET', `${path}?count=1`)
  const [event] = first.body.data.events
  expect(event.type).toBe('UserRegistered')
  expect({
    email: event.data.email,
    username: event.data.username,
    roles: event.data.roles,
  }).toStrictEqual({ email: '***', username: '***', roles: ['buyer'] })
  expect.assert(event.metadata.correlationId)
  expect(first.body.data.nextFrom).toBe(1)
  const second = await ann.call('GET', `${path}?from=1&count=1`)
  expect(second.body.data.events[0].data).toStrictEqual({ passwordHash: '***' })
  const back = await ann.call('GET', `${path}?direction=backwards&count=1`)
  expect(back.body.data.events[0].revision).toBe(2)
  expect(back.body.data.nextFrom).toBe(1)
})

test('the whole log is paged by cursor up to its head', async () => {
  await using world = await httpWorld()
  const ann = await world.someone('ann', 'analyst')
  for (const name of ['bob', 'carl']) await world.someone(name)
  const ask = async (query: string) =>
    (await ann.call('GET', `/analytics/events?${query}`)).body.data

  const all = await ask('limit=1000')
  expect(all.caughtUp).toBe(true)
  expect(BigInt(all.nextCursor)).toBe(await world.log.head())
  const paged: string[] = []
  let page = await ask('category=account,session&type=UserRegistered,UserLoggedIn&limit=2')
  for (;;) {
    paged.push(...page.events.map(({ type }: { type: string }) => type))
    if (page.caughtUp) break
    page = await ask(
      `category=account,session&type=UserRegistered,UserLoggedIn&limit=2&cursor=${page.nextCursor}`,
    )
  }
  expect(paged.filter((type) => type === 'UserRegistered').length).toBe(3)
  expect(paged.filter((type) => type === 'UserLoggedIn').length).toBe(4)
  expect(paged.length).toBe(7)
  expect((await ask('fromPosition=3&limit=1')).events[0].position).toBe('3')
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
          within: 1_000,
          parked: 1,
          rebuild: { progress: 10, total: 42, etaSeconds: 3 },
        },
      ],
      rebuild: async (name) => ((await did('rebuild')(name)) ? 'begun' : undefined),
      pause: did('pause'),
      resume: did('resume'),
      sagas: async ({ state = 'running', limit, offset } = {}) => {
        asked.push(`sagas ${state} ${limit} ${offset}`)
        return { runs: [{ ...run, state }], total: 8 }
      },
      saga: async (id) => [{ ...run, id, state: 'ended', moves: [], waits: [] }],
      previewRetry: async (id) => [
        { saga: 'fulfilment', id, commands: [], events: 1, ended: true, isWhole: true },
      ],
      retrySaga: did('retry saga'),
      deadLetters: async () => [{ ...letter, kind: 'projection', position: 7n }],
      retryDeadLetter: did('retry letter'),
    },
  })
  const { call } = await world.someone('root', 'admin')
  const data = async (path: string) => (await call('GET', path)).body.data

  const [projection] = (await data('/admin/projections')).projections
  expect({
    position: projection.position,
    head: projection.head,
    rebuild: projection.rebuild,
  }).toStrictEqual({
    position: '40',
    head: '42',
    rebuild: { progress: 10, total: 42, etaSeconds: 3 },
  })
  for (const verb of ['rebuild', 'pause', 'resume']) {
    const reply = await call('POST', `/admin/projections/orders/${verb}`)
    expect(reply.status).toBe(202)
    expect(reply.body.data).toStrictEqual({ name: 'orders', accepted: true })
  }
  expect((await data('/admin/sagas?state=parked&limit=5')).sagas).toStrictEqual([
    { ...run, state: 'parked' },
  ])
  expect((await data('/admin/sagas/x')).sagas).toStrictEqual([
    { ...run, id: 'x', state: 'ended', moves: [], waits: [] },
  ])
  expect((await data('/admin/sagas/x/retry')).previews).toStrictEqual([
    { saga: 'fulfilment', id: 'x', commands: [], events: 1, ended: true, isWhole: true },
  ])
  expect((await call('POST', '/admin/sagas/x/retry')).status).toBe(202)
  const analyst = await world.someone('ann', 'analyst')
  expect((await analyst.call('GET', '/admin/sagas/x/retry')).status).toBe(403)
  expect((await data('/admin/dead-letters')).deadLetters).toStrictEqual([
    { ...letter, kind: 'projection', position: '7' },
  ])
  expect((await call('POST', '/admin/dead-letters/a/retry')).status).toBe(202)
  expect(asked).toStrictEqual([
    'rebuild orders',
    'pause orders',
    'resume orders',
    'sagas parked 5 0',
    'retry saga x',
    'retry letter a',
  ])
})
