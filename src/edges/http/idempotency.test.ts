import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { asId } from '#kernel'
import { httpWorld, type Call, type HttpWorld, type Reply } from '../../../test/support/http.ts'
import { product } from '../../domains/catalog/language.ts'
import { order } from '../../domains/ordering/language.ts'
import { payment as payments } from '../../domains/payments/language.ts'
import { ProductId } from '../../domains/shared/index.ts'
import { memoryReceipts } from '../../platform/storage/idempotency/memory.ts'
import { Unavailable } from '../../platform/unavailable.ts'

/** Contexts with routes that these tests use. */
const contexts = ['catalog', 'inventory', 'ordering', 'payments', 'profiles', 'analytics']

const price = { amount: 1999, currency: 'EUR' }
const lamp = { name: 'Lamp', category: 'light', price }

const keyed = (send: Call, path: string, body: object, key: string): Promise<Reply> =>
  send('POST', path, body, { 'idempotency-key': key })

const same = (one: Reply, other: Reply): void => {
  expect(other.text).toBe(one.text)
  expect(other.status).toBe(one.status)
  for (const header of ['location', 'etag', 'content-type', 'set-cookie'])
    expect(other.headers[header], header).toStrictEqual(one.headers[header])
}

test('a repetition under the same key has no second effect and gets the same answer, byte for byte', async () => {
  await using world = await httpWorld({ contexts })
  const { call } = await world.someone('root', 'admin')
  const key = randomUUID()
  const first = await keyed(call, '/products', lamp, key)
  expect(first.status).toBe(201)
  const head = await world.log.head()
  for (let time = 0; time < 3; time += 1) {
    const again = await keyed(call, '/products', lamp, key)
    same(first, again)
    expect(again.headers['idempotency-replayed']).toBe('true')
  }
  expect(await world.log.head()).toBe(head)
})

test('a key works for every method that changes something: a relative change is made once', async () => {
  await using world = await httpWorld({ contexts })
  const { call } = await world.someone('root', 'admin')
  const { body } = await call('POST', '/products', lamp)
  const headers = { 'idempotency-key': randomUUID() }
  const more = { delta: 5, reason: 'delivery' }
  const change = () => call('PUT', `/inventory/${body.data.id}`, more, headers)
  const first = await change()
  expect([first.status, first.body.data.quantity]).toEqual([200, 5])
  const head = await world.log.head()
  same(first, await change())
  expect(await world.log.head()).toBe(head)
  // A read has no key.
  expect((await call('GET', '/products', undefined, headers)).status).toBe(200)
})

test('the same request without a key is executed again', async () => {
  await using world = await httpWorld({ contexts })
  const { call } = await world.someone('root', 'admin')
  const [one, two] = [await call('POST', '/products', lamp), await call('POST', '/products', lamp)]
  expect(one.body.data.id).not.toBe(two.body.data.id)
})

test('a key of another request is refused', async () => {
  await using world = await httpWorld({ contexts })
  const { call } = await world.someone('root', 'admin')
  const key = randomUUID()
  const { body } = await keyed(call, '/products', lamp, key)
  for (const [path, payload] of [
    ['/products', { ...lamp, name: 'Chair' }],
    [`/inventory/check`, { items: [{ productId: body.data.id, quantity: 1 }] }],
  ] as const) {
    const reply = await keyed(call, path, payload, key)
    expect(reply.status).toBe(422)
    expect(reply.body.code).toBe('idempotency_key_reused')
  }
})

test('keys of different users are independent', async () => {
  await using world = await httpWorld({ contexts })
  const [one, two] = [await world.someone('one', 'admin'), await world.someone('two', 'admin')]
  const a = await keyed(one.call, '/products', lamp, 'my-key')
  const b = await keyed(two.call, '/products', lamp, 'my-key')
  expect(a.body.data.id).not.toBe(b.body.data.id)
})

test('of concurrent repetitions one is served and the others are refused as in progress', async () => {
  await using world = await httpWorld({ contexts })
  const { call } = await world.someone('root', 'admin')
  const key = randomUUID()
  const head = await world.log.head()
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => keyed(call, '/products', lamp, key)),
  )
  const served = replies.filter(({ status }) => status === 201)
  const waiting = replies.filter(({ status }) => status === 409)
  expect(served.length + waiting.length).toBe(10)
  expect(new Set(served.map(({ text }) => text)).size).toBe(1)
  expect.assert(waiting.every(({ body }) => body.code === 'request_in_progress'))
  expect(await world.log.head()).toBe(head + 1n)
  expect((await keyed(call, '/products', lamp, key)).status).toBe(201)
})

const basket = (refId: string) => ({
  items: [{ kind: 'product', refId, quantity: 1 }],
  paymentMethod: { token: 'tok_ok' },
})

const originOf = () => ({ commandId: randomUUID(), actorId: 'ann', correlationId: randomUUID() })

test('a refusal without effect is not stored, and the request may be repeated under its key', async () => {
  await using world = await httpWorld({ contexts })
  const { call } = await world.someone('root', 'admin')
  const id = asId(ProductId, randomUUID())
  const key = randomUUID()
  for (let time = 0; time < 2; time += 1) {
    const refused = await keyed(call, '/orders', basket(id), key)
    expect(refused.status).toBe(404)
    expect(refused.headers['idempotency-replayed']).toBeUndefined()
  }
  const other = await keyed(call, '/orders', basket(randomUUID()), key)
  expect(other.status).toBe(422)
  expect(other.body.code).toBe('idempotency_key_reused')

  const command = { type: 'CreateProduct' as const, data: lamp }
  await world.deps.executor.execute(product, id, command, originOf())
  const placed = await keyed(call, '/orders', basket(id), key)
  expect(placed.status).toBe(202)
  const head = await world.log.head()
  same(placed, await keyed(call, '/orders', basket(id), key))
  expect(await world.log.head()).toBe(head)
  expect((await keyed(call, '/orders', basket(randomUUID()), key)).status).toBe(422)
})

test('a refusal of a decider may be retried once its cause has passed', async () => {
  await using world = await httpWorld({ contexts })
  const { call: admin } = await world.someone('root', 'admin')
  const { call } = await world.someone('ada')
  const { body: listed } = await admin('POST', '/products', lamp)
  const { body: placed } = await call('POST', '/orders', basket(listed.data.id))
  const amount = { amount: 1, currency: 'EUR' }
  const payment = { orderId: placed.data.id, method: { token: 'tok_ok' } }
  expect((await keyed(call, '/payments', { ...payment, amount }, 'one')).status).toBe(400)
  const { body: paid } = await keyed(call, '/payments', { ...payment, amount: price }, 'two')
  const path = `/payments/${paid.data.id}/refund`
  const refused = await keyed(admin, path, { reason: 'broken' }, 'three')
  expect(refused.status).toBe(409)
  expect(refused.body.code).toBe('not_completed')
  const { execute } = world.deps.executor
  const { id } = placed.data
  const receipt = { provider: 'test', providerRef: 'ch_1', attempt: 1 }
  await execute(payments, paid.data.id, { type: 'CompletePayment', data: receipt }, originOf())
  await execute(order, id, { type: 'ConfirmStock', data: {} }, originOf())
  await execute(order, id, { type: 'MarkPaid', data: { paymentId: paid.data.id } }, originOf())
  await execute(order, id, { type: 'ConfirmOrder', data: {} }, originOf())
  const refunded = await keyed(admin, path, { reason: 'broken' }, 'three')
  expect(refunded.status).toBe(202)
  same(refunded, await keyed(admin, path, { reason: 'broken' }, 'three'))
})

/** A registration with a username that is taken: its address is claimed and released again. */
const wantsUsernameOf = async (world: HttpWorld, key: string): Promise<Reply> => {
  const person = { email: 'bea@example.org', username: 'ada', password: 'a long password' }
  return keyed(world.anyone, '/auth/register', person, key)
}

test('a refusal after an append is stored, as the append is not repeated', async () => {
  await using world = await httpWorld({ contexts })
  const ada = await world.someone('ada')
  const before = await world.log.head()
  const refused = await wantsUsernameOf(world, 'key')
  expect(refused.status).toBe(409)
  expect(refused.body.code).toBe('username_taken')
  const head = await world.log.head()
  expect.assert(head > before)
  const again = await wantsUsernameOf(world, 'key')
  same(refused, again)
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(await world.log.head()).toBe(head)
  expect((await ada.call('PATCH', `/users/${ada.id}`, { username: 'eve' })).status).toBe(200)
  same(refused, await wantsUsernameOf(world, 'key'))
})

test('an append before a crash makes the refusal after it final', async () => {
  const receipts = memoryReceipts()
  let crashed = false
  await using world = await httpWorld({
    contexts,
    receipts: {
      ...receipts,
      // Simulates a crash before the receipt was stored.
      finish: async (request, holder, receipt) => {
        if (crashed) return receipts.finish(request, holder, receipt)
        crashed = true
        return receipts.release(request, holder)
      },
    },
  })
  await world.someone('ada')
  const first = await wantsUsernameOf(world, 'key')
  expect(first.status).toBe(409)
  const head = await world.log.head()
  const second = await wantsUsernameOf(world, 'key')
  expect(second.headers['idempotency-replayed']).toBeUndefined()
  expect(second.status).toBe(409)
  expect(await world.log.head()).toBe(head)
  const third = await wantsUsernameOf(world, 'key')
  expect(third.headers['idempotency-replayed']).toBe('true')
  same(second, third)
})

test('a failed sign-in is not stored: the right password may follow under the same key', async () => {
  await using world = await httpWorld({ contexts })
  const bea = { email: 'bea@example.org', password: 'a long password' }
  const signIn = () => keyed(world.anyone, '/auth/login', bea, 'key')
  expect((await signIn()).status).toBe(401)
  await world.someone('bea')
  const signedIn = await signIn()
  expect(signedIn.status).toBe(200)
  same(signedIn, await signIn())
})

test('an internal failure is not stored, and a retry may succeed', async () => {
  let away = true
  await using world = await httpWorld({ contexts })
  const { executor } = world.deps
  await using shaky = await httpWorld({
    contexts,
    ...world.deps,
    executor: {
      ...executor,
      execute: (...args) => {
        if (away && args[0].name === 'product') throw new Unavailable('The log is unavailable')
        return executor.execute(...args)
      },
    },
  })
  const { call } = await shaky.someone('root', 'admin')
  const key = randomUUID()
  const first = await keyed(call, '/products', lamp, key)
  expect(first.status).toBe(503)
  expect(first.headers['retry-after']).toBe('1')
  away = false
  expect((await keyed(call, '/products', lamp, key)).status).toBe(201)
})

test('a crash between effect and receipt causes no second effect', async () => {
  const receipts = memoryReceipts()
  await using world = await httpWorld({
    contexts,
    receipts: {
      ...receipts,
      // Simulates a crash before the receipt was stored, some seconds ago.
      finish: async (request, holder) => receipts.release(request, holder),
    },
  })
  const { call } = await world.someone('root', 'admin')
  const key = randomUUID()
  const first = await keyed(call, '/products', lamp, key)
  const head = await world.log.head()
  const again = await keyed(call, '/products', lamp, key)
  expect(again.body.data.id).toBe(first.body.data.id)
  expect(again.status).toBe(201)
  expect(await world.log.head()).toBe(head)
})

test('a key is released by a retry when the store was unavailable at first', async () => {
  const receipts = memoryReceipts()
  let away = true
  await using world = await httpWorld({
    contexts,
    receipts: {
      ...receipts,
      release: async (request, holder) => {
        if (away) throw new Unavailable('away')
        await receipts.release(request, holder)
      },
    },
  })
  const { executor } = world.deps
  await using shaky = await httpWorld({
    contexts,
    ...world.deps,
    executor: {
      ...executor,
      execute: (...args) => {
        if (away && args[0].name === 'product') throw new Unavailable('The log is unavailable')
        return executor.execute(...args)
      },
    },
  })
  const { call } = await shaky.someone('root', 'admin')
  const send = () => keyed(call, '/products', lamp, 'key')
  expect((await send()).status).toBe(503)
  expect((await send()).status).toBe(409)
  away = false
  await vi.waitFor(async () => expect((await send()).status).toBe(201), { timeout: 120_000 })
})

test('a claim made after its request was given up is released', async () => {
  const receipts = memoryReceipts()
  const held = Promise.withResolvers<void>()
  let claims = 0
  await using world = await httpWorld({
    contexts,
    config: { loadLimits: { requests: 1_000, delay: 60_000, answer: 100 } },
    receipts: {
      ...receipts,
      claim: async (request) => {
        claims += 1
        if (claims === 1) await held.promise
        return receipts.claim(request)
      },
    },
  })
  const { call } = await world.someone('root', 'admin')
  const send = () => keyed(call, '/products', lamp, 'key')
  const slow = await send()
  expect([slow.status, slow.body.code]).toStrictEqual([503, 'too_slow'])
  held.resolve()
  // The claim is made before the second request, and released at once.
  await vi.waitFor(async () => expect((await send()).status).toBe(201), { timeout: 120_000 })
})

test('a request that is given up while its receipt is stored has one answer, and no failure is logged', async () => {
  const receipts = memoryReceipts()
  const held = Promise.withResolvers<void>()
  const stored = Promise.withResolvers<void>()
  await using world = await httpWorld({
    contexts,
    config: { loadLimits: { requests: 1_000, delay: 60_000, answer: 100 } },
    receipts: {
      ...receipts,
      finish: async (...outcome) => {
        await held.promise
        await receipts.finish(...outcome)
        stored.resolve()
      },
    },
  })
  const { call } = await world.someone('root', 'admin')
  const send = () => keyed(call, '/products', lamp, 'key')
  const slow = await send()
  expect([slow.status, slow.body.code]).toStrictEqual([503, 'too_slow'])
  held.resolve()
  await stored.promise
  const again = await send()
  expect([again.status, again.headers['idempotency-replayed']]).toStrictEqual([201, 'true'])
  expect(world.written.filter((line) => line.includes('A request failed'))).toEqual([])
})

test('an answer whose receipt cannot be stored is sent, and the failure is logged', async () => {
  await using world = await httpWorld({
    contexts,
    receipts: {
      ...memoryReceipts(),
      finish: async () => {
        throw new Unavailable('away')
      },
    },
  })
  const { call } = await world.someone('root', 'admin')
  expect((await keyed(call, '/products', lamp, 'key')).status).toBe(201)
  expect.assert(world.written.some((line) => line.includes('receipt could not be stored')))
})

test('keys are 1 to 255 visible characters', async () => {
  await using world = await httpWorld({ contexts })
  const { call } = await world.someone('root', 'admin')
  for (const key of ['', ' ', 'two words', 'ä', 'x'.repeat(256)]) {
    const { status, body } = await keyed(call, '/products', lamp, key)
    expect(status, key).toBe(400)
    expect(body.errors[0].field).toBe('Idempotency-Key')
  }
  expect((await keyed(call, '/products', lamp, 'x'.repeat(255))).status).toBe(201)
})

test('registering twice under one key gives the same account and tokens, and receipts contain no plain secret', async () => {
  const kept: string[] = []
  const receipts = memoryReceipts()
  await using world = await httpWorld({
    contexts,
    receipts: {
      ...receipts,
      claim: (request) => {
        kept.push(JSON.stringify(request))
        return receipts.claim(request)
      },
      finish: (request, holder, receipt) => {
        kept.push(JSON.stringify(receipt), receipt.body.toString())
        return receipts.finish(request, holder, receipt)
      },
    },
  })
  const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
  const first = await keyed(world.anyone, '/auth/register', ada, 'key')
  expect(first.status).toBe(201)
  same(first, await keyed(world.anyone, '/auth/register', ada, 'key'))
  const { accessToken, refreshToken } = first.body.tokens
  for (const text of kept)
    for (const secret of [accessToken, refreshToken, ada.password, ada.email])
      expect.assert(!text.includes(secret))
})

test('expired receipts are purged periodically, also after an outage', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    let asked = 0
    const receipts = {
      ...memoryReceipts(),
      purge: async () => {
        asked += 1
        if (asked === 1) throw new Unavailable('away')
        return asked === 2 ? 10_000 : 0
      },
    }
    const world = await httpWorld({ contexts, receipts })
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    await vi.waitFor(() => expect(asked).toBe(1), { timeout: 120_000 })
    await vi.advanceTimersByTimeAsync(5 * 60_000)
    await vi.waitFor(() => expect(asked).toBe(3), { timeout: 120_000 })
    await world[Symbol.asyncDispose]()
    await vi.advanceTimersByTimeAsync(60 * 60_000)
    expect(asked).toBe(3)
  } finally {
    vi.useRealTimers()
  }
})
