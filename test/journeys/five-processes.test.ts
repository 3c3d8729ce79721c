import { setTimeout as pause } from 'node:timers/promises'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contextsOf } from '../../src/app/contexts.ts'
import { modules } from '../../src/domains/index.ts'
import { operationModules } from '../../src/operations/index.ts'
import { runMain, startAgora, temporaryData, type AgoraProcess } from '../support/agora.ts'
import { placeOrders, sendAgain, type Wanted } from '../support/load.ts'
import { freshDatabase, type TestDatabase } from '../support/postgres.ts'
import { basketOf, callAt, type Person, type Shop } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { signedDelivery } from '../support/webhooks.ts'

/** The contexts that orders live in, and all others. */
const selling = ['ordering', 'payments', 'shipping']
const rest = contextsOf([...modules, ...operationModules]).filter((name) => !selling.includes(name))

/** Secret of the carriers' webhooks. */
const secret = 'the secret of the carriers'

/** Requests at a time. */
const atOnce = 4

type Services = readonly { readonly name: string; readonly instances: readonly { url: string }[] }[]

/** Repeats a request, at most forty times a second, until it is stopped. @returns counts by status */
const asking = (ask: () => Promise<{ readonly status: number }>) => {
  const statuses = new Map<number, number>()
  let stopped = false
  const over = (async () => {
    while (!stopped) {
      const status = await ask().then(
        (reply) => reply.status,
        () => 0,
      )
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      await pause(25)
    }
  })()
  return {
    statuses,
    stop: async () => {
      stopped = true
      await over
    },
  }
}

describe('a gateway, two kinds of api processes, projections and sagas, each a process of its own', () => {
  const all = new AsyncDisposableStack()
  let database: TestDatabase
  let [front, others, sagas, projections]: AgoraProcess[] = []
  let shop: Shop
  let ada: Person
  let lamp: string
  const start = async (roles: string, contexts = '') => {
    const env = {
      // Shorter than the default, and longer than a busy machine may delay a process.
      AGORA_LEASE: '5s',
      POSTGRES_URL: database.url,
      AGORA_ROLES: roles,
      AGORA_CONTEXTS: contexts,
      SHIPPING_WEBHOOK_SECRET: secret,
    }
    return all.use(await startAgora(data, env))
  }
  let data: string
  /** The processes that serve orders now. */
  const sellers: AgoraProcess[] = []
  const startSeller = async () => void sellers.push(await start('api', selling.join(',')))

  /** URLs of the processes that serve a context, from the registry. */
  const serversOf = async (context: string) => {
    const { call } = await shop.admin()
    const { body } = await call('GET', '/registry/services')
    const services: Services = body.data.services
    return services.find(({ name }) => name === context)?.instances.map(({ url }) => url) ?? []
  }
  const bothSell = () =>
    until(
      () => serversOf('ordering'),
      (urls) => sellers.every(({ url }) => urls.includes(url)),
    )
  const next = (): Wanted => [{ [lamp]: 1 }, 'tok_ok']

  beforeAll(async () => {
    database = all.use(await freshDatabase())
    data = all.use(await temporaryData()).path
    projections = await start('projections')
    const started = await Promise.all([
      start('gateway'),
      start('api', rest.join(',')),
      start('sagas,jobs'),
      startSeller(),
      startSeller(),
    ])
    front = started[0]
    others = started[1]
    sagas = started[2]
    shop = front.shop
    // Until the gateway knows a process that serves identity.
    ada = await until(() => shop.register(), Boolean)
    lamp = await shop.sell(1_000_000)
    await bothSell()
  })
  afterAll(() => all.disposeAsync())

  test('verify the webhook of a carrier byte for byte, behind the gateway', async () => {
    const id = await ada.buy({ [lamp]: 1 })
    const { body } = await until(
      () => ada.call('GET', `/shipping/order/${id}`),
      (reply) => reply.body.data?.shipments.length === 1,
    )
    const [parcel] = body.data.shipments
    // Spaces and characters that a parser would write in another way.
    const text = `{ "id": "1",\n  "shipmentId": "${parcel.id}", "status": "DISPATCHED", "note": "\\u00e9\u00e9" }`
    const send = async (of: string) => {
      const { headers } = signedDelivery({ body: text, secret: of })
      const url = `${front!.url}/api/v1/shipping/webhooks/post`
      return (await fetch(url, { method: 'POST', body: text, headers })).status
    }
    expect(await send('another secret of theirs')).toBe(401)
    expect(await send(secret)).toBe(200)
    await until(
      () => ada.call('GET', `/orders/${id}`),
      (reply) => reply.body.data?.status === 'SHIPPED',
    )
  })

  test('serve a purchase together: it is read, pushed over a socket, and ends', async () => {
    const socket = io(`${front!.url}/orders`, { auth: { token: ada.token }, forceNew: true })
    const confirmed: string[] = []
    socket.on('order:status', ({ orderId, status }: { orderId: string; status: string }) => {
      if (status === 'CONFIRMED') confirmed.push(orderId)
    })
    await until(() => socket.connected, Boolean)
    const orders = await Promise.all(Array.from({ length: 6 }, () => ada.buy({ [lamp]: 1 })))
    for (const id of orders) {
      expect(await ada.settled(id)).toMatchObject({ status: 'CONFIRMED', userId: ada.id })
      await until(() => confirmed.includes(id), Boolean)
    }
    socket.disconnect()
  })

  test('answer like one process: problems, tags, cookies and idempotency keys pass the gateway unchanged', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const [first, again] = [
      await ada.call('POST', '/orders', basketOf({ [lamp]: 2 }), key),
      await ada.call('POST', '/orders', basketOf({ [lamp]: 2 }), key),
    ]
    expect(first.status).toBe(202)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.text).toBe(first.text)
    const bad = await ada.call('POST', '/orders', { items: [] })
    expect(bad).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(bad.headers['content-type']).toMatch(/^application\/problem\+json/)
    const product = await (
      await shop.admin()
    ).call('POST', '/products', {
      name: 'Chair',
      category: 'seats',
      price: { amount: 100, currency: 'EUR' },
    })
    expect(product).toMatchObject({ status: 201, headers: { etag: '"0"' } })
    expect(product.headers.location).toBe(`/api/v1/products/${product.body.data.id}`)
    const { email, password } = ada
    const login = await shop.anyone('POST', '/auth/login', { email, password })
    expect(login.headers['set-cookie']).toMatch(/HttpOnly/)
    const id = crypto.randomUUID()
    const traced = await shop.anyone('GET', '/products', undefined, { 'x-correlation-id': id })
    expect(traced.headers['x-correlation-id']).toBe(id)
    expect(await shop.anyone('GET', '/orders')).toMatchObject({ status: 401 })
    expect(await ada.call('GET', '/nowhere')).toMatchObject({ status: 404 })
    expect(await ada.call('POST', '/orders', '{"items":')).toMatchObject({ status: 400 })
    expect(await ada.call('POST', '/orders', 'x'.repeat(1_100_000))).toMatchObject({ status: 413 })
  })

  test('reject every request that does not come through the gateway', async () => {
    const smuggled = {
      'x-user-id': ada.id,
      'x-forwarded-for': '127.0.0.1',
      'x-agora-internal': `${Date.now() + 10_000}.${'a'.repeat(43)}`,
    }
    for (const { url } of [others, sagas, projections, ...sellers].flatMap((one) => one ?? [])) {
      for (const path of [
        '/orders',
        '/products',
        '/auth/.well-known/jwks.json',
        '//docs',
        '/nowhere',
      ])
        for (const headers of [{}, smuggled])
          expect(
            await callAt(url, ada.token)('GET', path, undefined, headers),
            `${url} ${path}`,
          ).toMatchObject({ status: 403, body: { code: 'internal_only' } })
      for (const path of ['//health/live', '//health/ready', '//metrics'])
        expect((await callAt(url)('GET', path)).status, `${url} ${path}`).toBe(200)
    }
    // The gateway drops forged headers.
    const bob = await shop.register()
    const me = await bob.call('GET', '/users/me', undefined, smuggled)
    expect(me).toMatchObject({ status: 200, body: { data: { userId: bob.id } } })
  })

  test('are listed for admins and for each other, not for other users', async () => {
    expect((await serversOf('ordering')).toSorted()).toEqual(
      sellers.map(({ url }) => url).toSorted(),
    )
    expect(await serversOf('catalog')).toEqual([others?.url])
    expect(await serversOf('gateway')).toEqual([front?.url])
    expect(await serversOf('projections')).toEqual([projections?.url])
    const { call } = await shop.admin()
    const mine = { instanceId: 'mine', url: 'http://127.0.0.1:1' }
    for (const ask of [ada.call, call]) {
      const reply = await ask('POST', '/registry/services/ordering/instances', mine)
      expect(reply.status).toBe(403)
    }
    expect((await ada.call('GET', '/registry/services')).status).toBe(403)
    expect((await call('GET', '/registry/services/payments')).status).toBe(200)
    expect((await call('GET', '/registry/services/tea')).status).toBe(404)
    expect((await ada.call('GET', '/admin/circuit-breakers')).status).toBe(403)
  })

  test('serve without a failed request while one of two is stopped under load', async () => {
    const load = placeOrders(ada, next, { atOnce })
    const reading = asking(() => ada.call('GET', '/orders?limit=5'))
    await until(
      () => load.sent.length,
      (sent) => sent > 30,
    )
    const leaving = sellers.shift()
    const { code } = await leaving!.stop()
    expect(code).toBe(0)
    const then = load.sent.length
    await until(
      () => load.sent.length,
      (sent) => sent > then + 30,
    )
    await load.stop()
    await reading.stop()
    expect([...load.statuses().keys()]).toEqual([202])
    expect([...reading.statuses.keys()]).toEqual([200])
    expect(await serversOf('ordering')).toEqual(sellers.map(({ url }) => url))
  })

  test('lose only requests in flight when one of two is killed under load', async () => {
    await startSeller()
    await bothSell()
    /** When the orders were sent that were not accepted. */
    const failedAt: number[] = []
    const order: Person['order'] = async (...wanted) => {
      const sentAt = performance.now()
      const reply = await ada.order(...wanted)
      if (reply.status !== 202) failedAt.push(sentAt)
      return reply
    }
    const load = placeOrders({ order }, next, { atOnce })
    const reading = asking(() => ada.call('GET', '/orders?limit=5'))
    await until(
      () => load.sent.length,
      (sent) => sent > 30,
    )
    const { call } = await shop.admin()
    const victim = sellers.shift()
    await victim!.kill()
    const killedAt = performance.now()
    // The breaker keeps requests from it until its registration expires, a lease after the last heartbeat.
    await until(
      () => call('GET', '/admin/circuit-breakers'),
      ({ body }) =>
        body.data.breakers.some(
          (one: { url: string; state: string }) =>
            one.url === victim?.url && /open/.test(one.state),
        ),
    )
    await until(
      () => shop.anyone('GET', '//metrics'),
      ({ text }) => text.includes(`agora_gateway_circuit_open{instance="${victim?.url}"} 1`),
    )
    const then = load.sent.length
    await until(
      () => load.sent.length,
      (sent) => sent > then + 30,
    )
    await load.stop()
    await reading.stop()

    const failed = load.sent.filter(({ reply }) => reply?.status !== 202)
    expect(failed.length).toBeLessThanOrEqual(atOnce)
    expect(failedAt.filter((sentAt) => sentAt > killedAt)).toEqual([])
    // Their clients got an error, and may retry with their keys.
    for (const { reply } of failed)
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) } })
    expect(await sendAgain(ada, failed)).toHaveLength(failed.length)
    expect([...reading.statuses.keys()]).toEqual([200])
    for (const id of load.acknowledged().slice(-atOnce))
      expect(await ada.settled(id)).toMatchObject({ status: 'CONFIRMED' })
  })

  test('refuse to start with an unknown context', async () => {
    const { output, closed } = runMain(data, {
      POSTGRES_URL: database.url,
      AGORA_ROLES: 'api',
      AGORA_CONTEXTS: 'ordering,tea',
    })
    expect(await closed).toEqual([1, null])
    expect(output()).toMatch(/There is no context tea .*ordering, payments/)
  })

  test('report a context that no process serves, and serve the others', async () => {
    const last = sellers.shift()
    await last!.kill()
    const away = await ada.call('GET', '/orders')
    expect(away).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(Number(away.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ada.call('GET', `/products/${lamp}`)).status).toBe(200)
    const health = async () => (await ada.call('GET', '/health')).body.data
    // Its registration expires, or a request finds it dead.
    const { status, checks } = await until(health, ({ status }) => status === 'degraded')
    expect(status).toBe('degraded')
    expect(checks).toContainEqual({ name: 'catalog', ok: true })
    expect(checks).toContainEqual({
      name: 'ordering',
      ok: false,
      detail: 'No instance serves it',
    })
    expect((await ada.call('GET', '/health/ready')).status).toBe(200)
    await startSeller()
    await until(
      () => ada.call('GET', '/orders'),
      ({ status }) => status === 200,
    )
    expect(await until(health, ({ status }) => status === 'ok')).toBeDefined()
  })
})
