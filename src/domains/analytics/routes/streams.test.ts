import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { derivedUuid, type SagaMoved } from '#kernel'
import { newId, someMetadata } from '#kernel/testing'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { emailIdOf, usernameIdOf } from '../../identity/language.ts'
import { OrderId, UserId } from '../../shared/index.ts'

const timeOf = (second: number) =>
  new Date(Date.parse('2030-01-01T12:00:00Z') + second * 1_000).toISOString()

/** Records an event with the time of a given second. */
const put = (world: HttpWorld, stream: string, type: string, data: object, second: number) =>
  world.log.append(stream, 'any', [
    { eventId: randomUUID(), type, data, metadata: someMetadata, at: timeOf(second) },
  ])

/** An order, placed and paid within two seconds. */
const someOrder = async (world: HttpWorld, second: number): Promise<string> => {
  const stream = `order-${newId(OrderId)}`
  const price = { amount: 1999, currency: 'EUR' }
  await put(
    world,
    stream,
    'OrderPlaced',
    {
      userId: newId(UserId),
      items: [{ kind: 'product', refId: randomUUID(), name: 'Lamp', quantity: 1, price }],
      total: price,
      paymentToken: 'tok_secret_4711',
      shippingAddress: { line1: '1 Main Street', city: 'London', postalCode: 'N1', country: 'GB' },
    },
    second,
  )
  await put(world, stream, 'OrderStockConfirmed', {}, second + 1)
  return stream
}

test('guessable ids find no stream in the log', async () => {
  await using world = await httpWorld()
  const bob = await world.someone('bob')
  const ann = await world.someone('ann', 'analyst')
  const [emailId, usernameId] = [emailIdOf('bob@example.org'), usernameIdOf('bob')]
  const step = { id: randomUUID(), to: 'email', target: emailId, type: 'ConfirmEmail', data: {} }
  const moved = {
    input: { kind: 'event', type: 'UserRegistered', id: randomUUID() },
    state: { emailId },
    steps: [{ ...step, wait: 0 }],
    ended: true,
  }
  await put(world, `registration-${bob.id}`, 'RegistrationSagaStarted', moved, 1)
  const identity = { identityId: emailId, provider: 'google' }
  await put(world, `account-${bob.id}`, 'SignInRemoved', identity, 2)

  for (const stream of [`email-${emailId}`, `username-${usernameId}`]) {
    expect((await world.log.read(stream)).length > 0).toBe(true)
    const path = `/analytics/streams/${stream}`
    for (const of of ['events', 'state'])
      expect((await ann.call('GET', `${path}/${of}`)).body.code).toBe('not_found')
  }
  const events = (await ann.call('GET', '/analytics/events?limit=1000')).text
  const streams = (await ann.call('GET', '/analytics/streams?limit=1000')).text
  const of = (await ann.call('GET', `/analytics/streams/account-${bob.id}/events`)).text
  for (const text of [events, streams, of]) {
    expect(text.includes(emailId)).toBe(false)
    expect(text.includes(usernameId)).toBe(false)
  }
  expect(events).toMatch(/"EmailClaimed"/)
  expect(streams).toMatch(/"email-\*\*\*"/)
  expect(events).toMatch(/"SignInRemoved"/)
})

test('the log is paged by time and position, in both directions', async () => {
  await using world = await httpWorld()
  const ann = await world.someone('ann', 'analyst')
  for (let n = 0; n < 200; n += 1) await someOrder(world, n * 10)
  const first = (await ann.call('GET', '/analytics/events?category=order&limit=1')).body.data
  const start = Number(first.events[0].position)

  const all = async (query: string) => {
    const positions: number[] = []
    let cursor = ''
    for (;;) {
      const { status, body, text } = await ann.call(
        'GET',
        `/analytics/events?${query}&limit=7${cursor}`,
      )
      expect(status, text).toBe(200)
      positions.push(
        ...body.data.events.map((event: { position: string }) => Number(event.position)),
      )
      if (body.data.caughtUp) return positions
      cursor = `&cursor=${body.data.nextCursor}`
    }
  }
  const times = `fromTime=${timeOf(1_000)}&untilTime=${timeOf(1_041)}`
  const expected = Array.from({ length: 10 }, (_, n) => start + 200 + n)
  expect(await all(times)).toEqual(expected)
  expect(await all(`${times}&direction=backwards`)).toEqual(expected.toReversed())
  expect(await all(`${times}&type=OrderPlaced`)).toEqual(expected.filter((_, n) => n % 2 === 0))
  const places = `fromPosition=${start + 3}&untilPosition=${start + 20}`
  expect(await all(places)).toEqual(Array.from({ length: 18 }, (_, n) => start + 3 + n))
  const [latest] = await all('direction=backwards')
  expect(latest).toBe(Number(await world.log.head()))
})

test('an invalid range of the log is rejected, by field', async () => {
  await using world = await httpWorld()
  const { call } = await world.someone('ann', 'analyst')
  for (const [query, field] of [
    ['fromTime=yesterday', 'fromTime'],
    ['fromTime=2030-01-01T12:00:60Z', 'fromTime'],
    ['untilTime=7', 'toTime'],
    ['fromPosition=-1', 'fromPosition'],
    ['untilPosition=x', 'toPosition'],
    ['toPosition=x', 'toPosition'],
    ['toPosition=7&untilPosition=8', 'untilPosition'],
    ['fromPosition=7&toPosition=6', 'toPosition'],
    [`fromTime=${timeOf(1)}&untilTime=${timeOf(0)}`, 'toTime'],
    ['direction=up', 'direction'],
    ['limit=1001', 'limit'],
    ['since=1', 'since'],
  ] as const) {
    const { status, body } = await call('GET', `/analytics/events?${query}`)
    expect({ query, status, field: body.errors?.[0].field }).toEqual({ query, status: 400, field })
  }
})

describe('the state of a stream', () => {
  test('is that at a revision, at a time, or now', async () => {
    await using world = await httpWorld()
    const { call } = await world.someone('ann', 'analyst')
    const stream = await someOrder(world, 100)
    const path = `/analytics/streams/${stream}/state`
    const { status, body, text } = await call('GET', path)
    expect(status, text).toBe(200)
    expect(body.data).toMatchObject({
      streamId: stream,
      revision: 1,
      at: timeOf(101),
      events: 2,
      state: { status: 'STOCK_RESERVED', total: { amount: 1999, currency: 'EUR' } },
    })
    expect(body.meta.position).toBe(String(await world.log.head()))

    const before = { revision: 0, at: timeOf(100), events: 1, state: { status: 'PENDING' } }
    for (const at of ['0', timeOf(100), '2030-01-01T13:01:40.5%2B01:00'])
      expect((await call('GET', `${path}?at=${at}`)).body.data).toMatchObject(before)
    expect((await call('GET', `${path}?at=${timeOf(9_999)}`)).body.data.revision).toBe(1)
  })

  test('is refused with the reason where it cannot be folded', async () => {
    await using world = await httpWorld()
    const { call } = await world.someone('ann', 'analyst')
    const path = `/analytics/streams/${await someOrder(world, 100)}/state`
    for (const [at, status] of [
      ['2', 404],
      [timeOf(99), 404],
      ['yesterday', 400],
      ['-1', 400],
      ['2030-02-31T25:00:00Z', 400],
    ] as const) {
      const { status: said, body } = await call('GET', `${path}?at=${at}`)
      expect({ at, said, field: body.errors[0].field }).toEqual({ at, said: status, field: 'at' })
    }
    const nothing = await call('GET', `/analytics/streams/order-${randomUUID()}/state`)
    expect(nothing.body).toMatchObject({ status: 404, code: 'not_found' })
    await put(world, 'stranger-1', 'OrderStockConfirmed', {}, 0)
    const stranger = await call('GET', '/analytics/streams/stranger-1/state')
    expect(stranger.body).toMatchObject({ status: 404, code: 'nothing_folds_it' })
    await put(world, 'order-odd', 'NotificationSent', {}, 0)
    const odd = await call('GET', '/analytics/streams/order-odd/state')
    expect(odd.body).toMatchObject({ status: 409, code: 'not_foldable' })
  })

  test('is shown for runs of sagas without personal data', async () => {
    await using world = await httpWorld()
    const { call } = await world.someone('ann', 'analyst')
    const step = {
      id: derivedUuid('1'),
      to: 'payment',
      target: 'x',
      type: 'RequestPayment',
      wait: 0,
    }
    const move: SagaMoved = {
      input: { kind: 'event', type: 'OrderPlaced', id: derivedUuid('2') },
      state: { token: 'tok_secret_4711' },
      steps: [{ ...step, data: { token: 'tok_secret_4711' } }],
      ended: false,
    }
    await put(world, 'fulfilment-1', 'OrderSagaStarted', move, 0)
    const { text, body } = await call('GET', '/analytics/streams/fulfilment-1/state')
    expect(body.data.state).toEqual({
      ended: false,
      moves: 1,
      state: '***',
      input: move.input,
      steps: [{ ...step, data: '***' }],
    })
    expect(text).not.toContain('4711')
  })

  test('folds every event once in streams longer than a page', async () => {
    await using world = await httpWorld()
    const { call } = await world.someone('ann', 'analyst')
    const { id } = await world.someone('ben')
    const { events: before, state } = (await call('GET', `/analytics/streams/account-${id}/state`))
      .body.data
    for (let n = 0; n < 1_200; n += 1)
      await put(world, `account-${id}`, 'RoleGranted', { role: 'seller' }, n)
    const { body } = await call('GET', `/analytics/streams/account-${id}/state`)
    expect(body.data.events).toBe(before + 1_200)
    expect(body.data.state.roles).toHaveLength(state.roles.length + 1_200)
    const half = await call('GET', `/analytics/streams/account-${id}/state?at=${before + 599}`)
    expect(half.body.data.state.roles).toHaveLength(state.roles.length + 600)
  })

  test('of an account has neither the password nor personal fields, at any revision', async () => {
    await using world = await httpWorld()
    const ann = await world.someone('ann', 'analyst')
    const path = `/analytics/streams/account-${ann.id}/state`
    for (const at of ['', '?at=0', '?at=1']) {
      const { text, body } = await ann.call('GET', path + at)
      expect(body.data.state.status).toBe('active')
      expect(body.data.state).toMatchObject({ email: '***', username: '***' })
      expect(text).not.toMatch(/argon2|example\.org/)
    }
    const { events } = await world.log.readAll()
    const hashes = events.flatMap(({ data }) =>
      Object.entries(data as object).flatMap(([name, value]) =>
        name === 'passwordHash' ? [String(value)] : [],
      ),
    )
    expect(hashes.length).toBeGreaterThan(0)
    const { text } = await ann.call('GET', path)
    for (const hash of hashes) expect(text).not.toContain(hash)
  })
})

describe('a replay', () => {
  const asked = { filter: { categories: ['order'] }, until: '7', speed: 2 }

  test('is defined once, and read by every analyst', async () => {
    await using world = await httpWorld()
    const [ann, bea] = [
      await world.someone('ann', 'analyst'),
      await world.someone('bea', 'analyst'),
    ]
    const head = await world.log.head()
    const started = await ann.call('POST', '/analytics/replays', { filter: asked.filter })
    expect(started.status, started.text).toBe(201)
    const { id } = started.body.data
    expect(started.headers.location).toBe(`/api/v1/analytics/replays/${id}`)
    expect(started.body.data).toEqual({
      id,
      filter: asked.filter,
      fromPosition: '0',
      untilPosition: String(head),
      speed: 'max',
      status: 'RUNNING',
      startedBy: ann.id,
    })
    const other = await ann.call('POST', '/analytics/replays', asked)
    expect(other.body.data).toMatchObject({ untilPosition: '7', speed: 2 })

    const seen = await bea.call('GET', `/analytics/replays/${id}`)
    expect(seen.body.data).toMatchObject({ id, categories: ['order'], status: 'RUNNING' })
    const { body } = await bea.call('GET', '/analytics/replays?sort=startedAt')
    expect(body.data.total).toBe(2)
    expect((await bea.call('GET', '/analytics/replays?status=STOPPED')).body.data.total).toBe(0)
    expect((await bea.call('GET', `/analytics/replays/${randomUUID()}`)).status).toBe(404)
  })

  test('is the same for a repeated request with the same key', async () => {
    await using world = await httpWorld()
    const { call } = await world.someone('ann', 'analyst')
    const key = { 'idempotency-key': randomUUID() }
    const first = await call('POST', '/analytics/replays', {}, key)
    const again = await call('POST', '/analytics/replays', {}, key)
    expect(again.text).toBe(first.text)
    expect((await call('POST', '/analytics/replays', { speed: 1 }, key)).status).toBe(422)
  })

  test('is paused, resumed and stopped by its starter or an admin only', async () => {
    await using world = await httpWorld()
    const ann = await world.someone('ann', 'analyst')
    const bea = await world.someone('bea', 'analyst')
    const root = await world.someone('root', 'admin')
    const { id } = (await ann.call('POST', '/analytics/replays', asked)).body.data
    const path = `/analytics/replays/${id}`
    const steps = [
      ['POST', `${path}/pause`, 'PAUSED'],
      ['POST', `${path}/resume`, 'RUNNING'],
      ['POST', `${path}/pause`, 'PAUSED'],
      ['DELETE', path, 'STOPPED'],
    ] as const
    for (const [index, [method, url, status]] of steps.entries()) {
      const head = await world.log.head()
      expect((await bea.call(method, url)).body).toMatchObject({ status: 403, code: 'forbidden' })
      expect(await world.log.head()).toBe(head)
      const { call } = index % 2 === 0 ? ann : root
      expect((await call(method, url)).body.data).toMatchObject({ id, status })
      expect((await call(method, url)).body.data).toMatchObject({ id, status })
      expect(await world.log.head()).toBe(head + 1n)
    }
    const late = await ann.call('POST', `${path}/resume`)
    expect(late.body).toMatchObject({ status: 409, code: 'replay_stopped' })
    expect((await ann.call('POST', `/analytics/replays/${randomUUID()}/pause`)).status).toBe(404)
  })

  test('that is invalid is rejected, by field', async () => {
    await using world = await httpWorld()
    const { call } = await world.someone('ann', 'analyst')
    const head = await world.log.head()
    for (const [body, field] of [
      [{ speed: 0 }, 'speed'],
      [{ speed: -1 }, 'speed'],
      [{ speed: 'fast' }, 'speed'],
      [{ fromPosition: 'x' }, 'fromPosition'],
      [{ fromPosition: '9', until: '8' }, 'until'],
      [{ until: 'tomorrow' }, 'until'],
      [{ fromTime: 'yesterday' }, 'fromTime'],
      [{ fromTime: timeOf(1), until: timeOf(0) }, 'until'],
      [{ filter: { categories: [] } }, 'filter.categories'],
      [{ filter: { types: ['a b'] } }, 'filter.types[0]'],
      [{ filter: { stream: 'nodash' } }, 'filter.stream'],
      [{ filter: { category: 'order' } }, 'filter.category'],
      [{ from: '1' }, 'from'],
    ] as const) {
      const { status, body: problem } = await call('POST', '/analytics/replays', body)
      expect({ body, status, field: problem.errors?.[0].field }).toEqual({
        body,
        status: 400,
        field,
      })
    }
    expect(await world.log.head()).toBe(head)
  })
})
