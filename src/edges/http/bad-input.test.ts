import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld, type Reply } from '../../../test/support/http.ts'

const price = { amount: 1999, currency: 'EUR' }
const json = { 'content-type': 'application/json' }

/** Returns status and code of a problem, after checking the common shape. */
const problemOf = ({ status, headers, body }: Reply): string => {
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8')
  const { success, type, title, detail, code, traceId, status: reported, ...more } = body
  expect(success).toBe(false)
  expect(reported).toBe(status)
  expect(type).toBe(`urn:agora:problem:${code}`)
  expect.assert(title && detail.length > 10)
  expect(traceId).toBe(headers['x-correlation-id'])
  expect.assert(Object.keys(more).every((key) => key === 'errors'))
  return `${status} ${code}`
}

const fields = ({ body }: Reply): unknown[] =>
  body.errors.map(({ field }: { field: string }) => field)

describe('invalid input', () => {
  let world: HttpWorld
  let admin: Call
  let ada: Call
  let productId: string
  beforeAll(async () => {
    world = await httpWorld()
    admin = (await world.someone('root', 'admin')).call
    ada = (await world.someone('ada')).call
    const lamp = { name: 'Lamp', category: 'light', price }
    productId = (await admin('POST', '/products', lamp)).body.data.id
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const basket = (changes: object = {}) => ({
    items: [{ kind: 'product', refId: productId, quantity: 1 }],
    paymentMethod: { token: 'tok_ok' },
    ...changes,
  })

  test.each([
    ['malformed JSON', '{"items": [', '400 malformed_request', undefined],
    ['another value than an object', '[]', '400 invalid_request', 'body'],
    ['an unknown field', { discount: 100 }, '400 invalid_request', 'discount'],
    ['no items', { items: [] }, '400 invalid_request', 'items'],
    ['no card', { paymentMethod: undefined }, '400 invalid_request', 'paymentMethod'],
    [
      'a number for a token',
      { paymentMethod: { token: 7 } },
      '400 invalid_request',
      'paymentMethod.token',
    ],
  ] as const)(
    '%s is answered with the correction, and nothing is appended',
    async (_, change, expected, field) => {
      const before = await world.log.head()
      const body = typeof change === 'string' ? change : basket(change)
      const reply = await ada('POST', '/orders', body, json)
      expect(problemOf(reply)).toBe(expected)
      expect(reply.body.errors?.[0].field).toBe(field)
      expect(await world.log.head()).toBe(before)
    },
  )

  test('malformed JSON and JSON of the wrong shape have different codes', async () => {
    expect(problemOf(await ada('POST', '/orders', '{"items": [', json))).toBe(
      '400 malformed_request',
    )
    expect(problemOf(await ada('POST', '/orders', '', json))).toBe('400 malformed_request')
    expect(problemOf(await ada('POST', '/orders', '[]', json))).toBe('400 invalid_request')
    expect(problemOf(await ada('POST', '/orders', '{"__proto__": {"a": 1}}', json))).toBe(
      '400 malformed_request',
    )
  })

  test('field names that would change prototypes have a message of their own', async () => {
    for (const name of ['__proto__', 'constructor']) {
      const body = name === 'constructor' ? { prototype: {} } : {}
      const reply = await ada('POST', '/orders', `{"${name}": ${JSON.stringify(body)}}`, json)
      expect(problemOf(reply)).toBe('400 malformed_request')
      expect(reply.body.detail).toMatch(/__proto__ or constructor/)
    }
  })

  test('fields of a body are refused by name where the route declares none', async () => {
    const resend = '/auth/email/resend'
    expect(fields(await ada('POST', resend, { x: 1 }))).toStrictEqual(['x'])
    expect(fields(await ada('POST', resend, '7', json))).toStrictEqual(['body'])
    for (const nothing of [{}, 'null'])
      expect((await ada('POST', resend, nothing, json)).status).toBe(202)
    expect((await ada('POST', resend)).status).toBe(202)
  })

  test('text that is not UTF-8 is refused, not replaced', async () => {
    const name = Buffer.from([0x61, 0xff, 0xfe, 0x62])
    const body = Buffer.concat([Buffer.from('{"name":"'), name, Buffer.from('"}')])
    expect(problemOf(await admin('POST', '/products', body, json))).toBe('400 malformed_request')
    for (const query of ['q=%ff', 'q=%C3', 'q=50%'])
      expect(problemOf(await ada('GET', `/products?${query}`)), query).toBe('400 malformed_request')
    expect((await ada('GET', '/products?category=%C3%A9')).status).toBe(200)
  })

  test('a body in another charset, or compressed, is refused', async () => {
    const lamp = { name: 'Lamp', category: 'light', price }
    for (const headers of [
      { 'content-type': 'application/json; charset=iso-8859-1' },
      { ...json, 'content-encoding': 'gzip' },
    ])
      expect(problemOf(await admin('POST', '/products', lamp, headers))).toBe(
        '415 unsupported_media_type',
      )
    for (const charset of ['utf-8', '"UTF-8"', 'utf8'])
      expect(
        (
          await admin('POST', '/products', lamp, {
            'content-type': `application/json;charset=${charset}`,
          })
        ).status,
      ).toBe(201)
  })

  test('other content types are refused with the right one', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])
      expect(problemOf(await ada('POST', '/orders', 'items=1', { 'content-type': type }))).toBe(
        '415 unsupported_media_type',
      )
  })

  test('texts of shops are validated like those of profiles', async () => {
    const lamp = { name: 'Lamp', category: 'light', price }
    const refused = async (field: string, product: object) => {
      const reply = await admin('POST', '/products', { ...lamp, ...product })
      expect(problemOf(reply), JSON.stringify(product)).toBe('400 invalid_request')
      expect(fields(reply)).toStrictEqual([field])
      return reply
    }
    for (const name of ['  ', 'a\u001bb', 'a\u202eb', '\u200b', 'Gift\r\n\r\nPlease pay again'])
      await refused('name', { name })
    await refused('description', { description: 'a\u202eb' })
    await refused('category', { category: '\u200b' })
    await refused('image', { image: 'javascript:alert(1)' })
    for (const currency of ['ZZZ', 'XXX', 'eur'])
      await refused('price.currency', { price: { amount: 1, currency } })
    const { body } = await admin('POST', '/products', { ...lamp, name: 'Cre\u0300me 👩🏽‍🚀' })
    expect(body.data.name).toBe('Cr\u00e8me 👩🏽‍🚀')
    for (const q of ['cre\u0300me', 'CR\u00c8ME', 'creme']) {
      const found = await world.anyone(
        'GET',
        `/products?q=${encodeURIComponent(q)}&minPosition=${body.meta.position}`,
      )
      expect(found.body.data.products.map(({ name }: { name: string }) => name)).toStrictEqual([
        body.data.name,
      ])
    }
  })

  test('an order needs an existing country, and card numbers are neither accepted nor repeated', async () => {
    const basket = {
      items: [{ kind: 'product', refId: productId, quantity: 1 }],
      shippingAddress: { line1: '1 Main Street', city: 'London', postalCode: 'N1', country: 'GB' },
      paymentMethod: { token: 'tok_ok' },
    }
    const shippingAddress = { ...basket.shippingAddress, country: 'UK', city: 'a\nb' }
    const astray = await ada('POST', '/orders', { ...basket, shippingAddress })
    expect(problemOf(astray)).toBe('400 invalid_request')
    expect(fields(astray)).toStrictEqual(['shippingAddress.city', 'shippingAddress.country'])
    const token = '4242 4242-42424242'
    const paying = { orderId: randomUUID(), method: { token }, amount: price }
    for (const [path, body, field] of [
      ['/orders', { ...basket, paymentMethod: { token } }, 'paymentMethod.token'],
      ['/payments', paying, 'method.token'],
    ] as const) {
      const reply = await ada('POST', path, body)
      expect(problemOf(reply)).toBe('400 invalid_request')
      expect(fields(reply)).toStrictEqual([field])
      expect(JSON.stringify(reply.body)).not.toMatch(/4242/)
    }
    expect((await ada('POST', '/orders', basket)).status).toBe(202)
  })

  test('a body over 1 MiB is refused, with and without a Content-Length', async () => {
    const reason = 'x'.repeat(1024 * 1024)
    const body = JSON.stringify({ quantity: 1, reason })
    expect(problemOf(await admin('PUT', `/inventory/${productId}`, body, json))).toBe(
      '413 too_large',
    )
    await using other = await httpWorld()
    const url = await other.app.listen({ port: 0, host: '127.0.0.1' })
    const { token } = await other.someone('root', 'admin')
    const init = {
      method: 'PUT',
      body: new Blob([body]).stream(),
      duplex: 'half',
      headers: { ...json, authorization: `Bearer ${token}` },
    } as const
    const status = await fetch(`${url}/api/v1/inventory/${productId}`, init).then(
      (response) => response.status,
      // The connection was closed while the client was still sending.
      () => 413,
    )
    expect(status).toBe(413)
    expect((await other.anyone('GET', '//health/live')).status).toBe(200)
  })

  test('unknown fields are refused by name', async () => {
    const reply = await ada('POST', '/orders', {
      items: [{ kind: 'product', refId: productId, quantity: 1, price: { amount: 1 } }],
      paymentMethod: { token: 'tok_ok' },
      discount: 100,
    })
    expect(problemOf(reply)).toBe('400 invalid_request')
    expect(new Set(fields(reply))).toStrictEqual(new Set(['discount', 'items[0].price']))
    expect(problemOf(await world.anyone('GET', '/products?colour=red'))).toBe('400 invalid_request')
  })

  const order = (item: object) =>
    ada('POST', '/orders', basket({ items: [{ ...basket().items[0], ...item }] }))

  test.each(['1', 1.5, null, true, [1], -1, 0, 1_000_001, 1e9 + 1, 1e300])(
    'a quantity of %j is refused by name, and never converted',
    async (quantity) => {
      const reply = await order({ quantity })
      expect(problemOf(reply)).toBe('400 invalid_request')
      expect(fields(reply)).toStrictEqual(['items[0].quantity'])
    },
  )

  test('invalid kinds and ids are refused by name', async () => {
    expect(fields(await order({ refId: 'lamp' }))).toStrictEqual(['items[0].refId'])
    expect(fields(await order({ kind: 'car' }))).toStrictEqual(['items[0].kind'])
  })

  test('names, prices and categories of products are validated', async () => {
    const create = async (change: object) =>
      fields(await admin('POST', '/products', { name: 'Lamp', category: 'x', price, ...change }))
    expect(await create({ name: '' })).toStrictEqual(['name'])
    expect(await create({ name: 'x'.repeat(256) })).toStrictEqual(['name'])
    expect(await create({ name: 'a\u0000b' })).toStrictEqual(['name'])
    expect(await create({ price: { amount: -1, currency: 'EUR' } })).toStrictEqual(['price.amount'])
    expect(await create({ price: { amount: 1.5, currency: 'EUR' } })).toStrictEqual([
      'price.amount',
    ])
    expect(await create({ price: { amount: 1, currency: 'eur' } })).toStrictEqual([
      'price.currency',
    ])
    expect(await create({ category: 7 })).toStrictEqual(['category'])
  })

  test('stock is either set or adjusted, and needs a reason', async () => {
    const put = (body: object) => admin('PUT', `/inventory/${productId}`, body)
    for (const [body, field] of [
      [{ reason: 'x' }, 'quantity'],
      [{ quantity: 1, delta: 1, reason: 'x' }, 'delta'],
      [{ quantity: 1 }, 'reason'],
      [{ quantity: -1, reason: 'x' }, 'quantity'],
      [{ quantity: 1e10, reason: 'x' }, 'quantity'],
      [{ delta: 'many', reason: 'x' }, 'delta'],
    ] as const) {
      const reply = await put(body)
      expect(problemOf(reply)).toBe('400 invalid_request')
      expect(fields(reply)).toStrictEqual([field])
    }
    expect(problemOf(await put({ delta: -1, reason: 'x' }))).toBe('409 below_reserved')
  })

  test('registration names its invalid fields', async () => {
    const register = async (change: object) =>
      fields(
        await world.anyone('POST', '/auth/register', {
          email: 'eve@example.org',
          username: 'eve',
          password: 'long enough',
          ...change,
        }),
      )
    expect(await register({ email: 'eve' })).toStrictEqual(['email'])
    expect(await register({ username: '-eve' })).toStrictEqual(['username'])
    expect(await register({ password: 'short' })).toStrictEqual(['password'])
    expect(await register({ password: 'x'.repeat(201) })).toStrictEqual(['password'])
    expect(await register({ roles: ['admin'] })).toStrictEqual(['roles'])
  })

  test('malformed ids are 400, unknown ids are 404', async () => {
    for (const path of ['/products/1', '/inventory/lamp', '/orders/x', '/payments/order/1'])
      expect(problemOf(await admin('GET', path))).toBe('400 invalid_request')
    for (const path of ['/products', '/inventory', '/orders', '/payments', '/payments/order'])
      expect(problemOf(await admin('GET', `${path}/${randomUUID()}`))).toBe('404 not_found')
    expect(problemOf(await admin('GET', `/orders/${randomUUID()}/history`))).toBe('404 not_found')
    expect(problemOf(await admin('POST', `/orders/${randomUUID()}/cancel`))).toBe('404 not_found')
    expect(problemOf(await admin('PUT', `/orders/${randomUUID()}`, { status: 'SHIPPED' }))).toBe(
      '404 no_such_order',
    )
    expect(problemOf(await admin('POST', `/payments/${randomUUID()}/refund`))).toBe('404 not_found')
    expect(problemOf(await admin('POST', `/notifications/${randomUUID()}/read`))).toBe(
      '404 not_found',
    )
    const lamp = { name: 'Lamp', category: 'light', price }
    expect(problemOf(await admin('PUT', `/products/${randomUUID()}`, lamp))).toBe(
      '404 no_such_product',
    )
    expect(problemOf(await admin('DELETE', `/products/${randomUUID()}`))).toBe(
      '404 no_such_product',
    )
    for (const stock of [{ quantity: 1 }, { delta: 1 }])
      expect(
        problemOf(await admin('PUT', `/inventory/${randomUUID()}`, { ...stock, reason: 'x' })),
      ).toBe('404 not_found')
    expect(problemOf(await admin('GET', '/analytics/streams/order-1/events'))).toBe('404 not_found')
    for (const verb of ['rebuild', 'pause', 'resume'])
      expect(problemOf(await admin('POST', `/admin/projections/nothing/${verb}`))).toBe(
        '404 not_found',
      )
    expect(problemOf(await admin('GET', '/admin/sagas/nothing'))).toBe('404 not_found')
    expect(problemOf(await admin('POST', '/admin/sagas/nothing/retry'))).toBe('404 not_found')
    expect(problemOf(await admin('POST', '/admin/dead-letters/nothing/retry'))).toBe(
      '404 not_found',
    )
  })

  test('an order of a product that is not on sale names the line', async () => {
    const reply = await ada('POST', '/orders', {
      items: [
        { kind: 'product', refId: productId, quantity: 1 },
        { kind: 'product', refId: randomUUID(), quantity: 1 },
      ],
      paymentMethod: { token: 'tok_ok' },
    })
    expect(problemOf(reply)).toBe('404 no_such_product')
    expect(fields(reply)).toStrictEqual(['items[1].refId'])
  })

  test('invalid pages, sorts, filters and positions are refused by name', async () => {
    for (const [query, field] of [
      ['page=0', 'page'],
      ['page=x', 'page'],
      ['limit=101', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['sort=passwordHash', 'sort'],
      ['minPrice=-1', 'minPrice'],
      ['inStock=maybe', 'inStock'],
      ['minPosition=-1', 'minPosition'],
      ['minPosition=latest', 'minPosition'],
      ['minPosition=99999999999999999999', 'minPosition'],
    ]) {
      const reply = await world.anyone('GET', `/products?${query}`)
      expect(problemOf(reply)).toBe('400 invalid_request')
      expect(fields(reply)).toStrictEqual([field])
    }
    expect(fields(await ada('GET', '/orders?from=yesterday'))).toStrictEqual(['from'])
    expect(fields(await ada('GET', '/orders?status=LOST'))).toStrictEqual(['status'])
  })

  test('UUIDs are the same in upper and lower case, in paths, queries and bodies', async () => {
    const upper = productId.toUpperCase()
    expect((await ada('GET', `/products/${upper}`)).body.data.id).toBe(productId)
    const [line] = basket().items
    const placed = await ada('POST', '/orders', basket({ items: [{ ...line, refId: upper }] }))
    expect([placed.status, placed.body.data.items[0].refId]).toEqual([202, productId])
  })

  test('a position that no event has is an invalid one', async () => {
    const reply = await world.anyone('GET', '/products?minPosition=999999')
    expect(problemOf(reply)).toBe('400 invalid_request')
    expect(fields(reply)).toEqual(['minPosition'])
  })

  test('unknown paths and methods are answered with problems', async () => {
    expect(problemOf(await world.anyone('GET', '/nothing'))).toBe('404 no_such_route')
    const other = await world.anyone('DELETE', '/products')
    expect(problemOf(other)).toBe('405 method_not_allowed')
    expect(other.headers['allow']).toBe('GET, HEAD, POST')
    const ofOne = await world.anyone('POST', '/products/7/?q=1', {})
    expect(problemOf(ofOne)).toBe('405 method_not_allowed')
    expect(ofOne.headers['allow']).toMatch(/^(DELETE, )?GET, HEAD, /)
    expect(problemOf(await world.anyone('GET', '//nothing'))).toBe('404 no_such_route')
    const badUrl = await world.anyone('GET', '/products/%zz')
    expect(problemOf(badUrl)).toBe('400 malformed_request')
    expect(badUrl.headers['x-content-type-options']).toBe('nosniff')
    const long = await world.anyone('GET', `/products/${'x'.repeat(2_000)}`)
    expect(problemOf(long)).toBe('400 malformed_request')
    expect(long.body.detail).toMatch(/500 characters/)
  })

  test('a correlation id is kept when it is a UUID, and replaced otherwise', async () => {
    const id = randomUUID()
    const kept = await world.anyone('GET', '/nothing', undefined, { 'x-correlation-id': id })
    expect(kept.headers['x-correlation-id']).toBe(id)
    expect(kept.body.traceId).toBe(id)
    const made = await world.anyone('GET', '/nothing', undefined, { 'x-correlation-id': 'a\tb' })
    expect(made.body.traceId).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('bytes that are not HTTP are answered, and the connection is closed', async () => {
    await using other = await httpWorld()
    const url = new URL(await other.app.listen({ port: 0, host: '127.0.0.1' }))
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () =>
        socket.write('what is this\r\n\r\n'),
      )
      let received = ''
      socket.on('data', (data) => (received += data.toString()))
      socket.on('close', () => resolve(received))
      socket.on('error', reject)
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toMatch(/application\/problem\+json/)
  })

  test('no refused request has appended an event', async () => {
    const before = await world.log.head()
    await ada('POST', '/orders', { items: [] })
    await admin('PUT', `/inventory/${productId}`, { quantity: -5, reason: 'x' })
    await admin('POST', '/products', { name: 'Half' })
    await world.anyone('POST', '/auth/register', { email: 'half@example.org' })
    expect(await world.log.head()).toBe(before)
  })
})
