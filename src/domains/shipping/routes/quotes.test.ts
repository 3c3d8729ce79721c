import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { basketWith, lamp, smallShop } from '../../../../test/support/small-shop.ts'

const address = {
  name: 'Ada',
  line1: '1 Main Street',
  city: 'London',
  postalCode: 'N1 9GU',
  country: 'GB',
}
const destination = { country: 'GB', postalCode: 'n19gu' }

let now = new Date('2030-01-07T08:00:00.500Z')
let world: HttpWorld
let admin: Call
let buyer: Awaited<ReturnType<HttpWorld['someone']>>
let heavy: string

beforeAll(async () => {
  world = await httpWorld({ clock: () => now, config: { accessTokenTtl: 24 * 60 * 60 } })
  const shop = await smallShop(world)
  ;({ admin, buyer } = shop)
  const created = await admin('POST', '/products', { ...lamp, weight: 2_500 })
  heavy = created.body.data.id
})
afterAll(() => world[Symbol.asyncDispose]())

const quote = async (items: unknown, to: unknown = destination) =>
  buyer.call('POST', '/shipping/quotes', { items, destination: to })

/** The first quote for pieces of the heavy lamp. */
const standardOf = async (quantity = 1) => {
  const { body } = await quote([{ refId: heavy, quantity }])
  return body.data.quotes[0]
}

const placed = (quoteId: string, changes: object = {}) =>
  buyer.call('POST', '/orders', {
    ...basketWith(heavy, 1),
    shippingAddress: address,
    shipping: { quoteId },
    ...changes,
  })

describe('quotes', () => {
  test('name carrier, method, cost and days, cheapest first', async () => {
    const { status, body } = await quote([{ refId: heavy, quantity: 1 }])
    expect(status).toBe(200)
    expect(body.data.quotes).toEqual([
      {
        id: expect.stringMatching(/^[A-Za-z0-9_-]+$/),
        carrier: 'post',
        method: 'standard',
        cost: { amount: 2_190, currency: 'EUR' },
        days: 6,
        expiresAt: '2030-01-07T08:30:00.000Z',
      },
      expect.objectContaining({ carrier: 'courier', method: 'express' }),
    ])
  })

  test('hold nothing of the address', async () => {
    const { id } = await standardOf()
    expect(Buffer.from(id, 'base64url').toString('latin1')).not.toMatch(/n1 ?9gu/i)
    expect(JSON.stringify(id)).not.toMatch(/n1 ?9gu/i)
  })

  test('need a user, products on sale, one currency and a country that there is', async () => {
    const items = [{ refId: heavy, quantity: 1 }]
    expect((await world.anyone('POST', '/shipping/quotes', { items, destination })).status).toBe(
      401,
    )
    const missing = '01890000-0000-7000-8000-000000000000'
    const unknown = await quote([...items, { refId: missing, quantity: 1 }])
    expect([unknown.status, unknown.body.errors[0].field]).toEqual([404, 'items[1].refId'])
    const dollars = { ...lamp, price: { amount: 1, currency: 'USD' } }
    const other = (await admin('POST', '/products', dollars)).body.data.id
    const mixed = await quote([...items, { refId: other, quantity: 1 }])
    expect([mixed.status, mixed.body.code]).toEqual([400, 'mixed_currencies'])
    const nowhere = await quote(items, { country: 'XX', postalCode: '1' })
    expect([nowhere.status, nowhere.body.errors[0].field]).toEqual([400, 'destination.country'])
  })

  test('are none where nobody delivers for that currency', async () => {
    const price = { amount: 5_000, currency: 'XAF' }
    const { body } = await admin('POST', '/products', { ...lamp, price })
    expect((await quote([{ refId: body.data.id, quantity: 1 }])).body.data.quotes).toEqual([])
  })
})

describe('an order with a quote', () => {
  test('has its cost in the total, and shows it', async () => {
    const { status, body } = await placed((await standardOf()).id)
    expect(status).toBe(202)
    const shipping = {
      carrier: 'post',
      method: 'standard',
      cost: { amount: 2_190, currency: 'EUR' },
    }
    expect(body.data).toMatchObject({ shipping, total: { amount: 1_999 + 2_190 } })
    const read = await buyer.call(
      'GET',
      `/orders/${body.data.id}?minPosition=${body.meta.position}`,
    )
    expect(read.body.data).toMatchObject({ shipping, total: { amount: 1_999 + 2_190 } })
  })

  test('may group its items otherwise', async () => {
    const quoted = await standardOf(2)
    const line = { kind: 'product', refId: heavy, quantity: 1 }
    expect((await placed(quoted.id, { items: [line, line] })).status).toBe(202)
  })

  const refusedFor = async (reply: Awaited<ReturnType<Call>>) => {
    expect(reply.status, reply.text).toBe(400)
    return [reply.body.errors[0].field, reply.body.errors[0].message]
  }

  test('is refused with other items, another address, a changed id and none at all', async () => {
    const { id } = await standardOf()
    const foreign = [
      'shipping.quoteId',
      'must be the id of a quote for these items and this address',
    ]
    const more = basketWith(heavy, 2)
    expect(await refusedFor(await placed(id, more))).toEqual(foreign)
    const elsewhere = { shippingAddress: { ...address, postalCode: 'N1 9GX' } }
    expect(await refusedFor(await placed(id, elsewhere))).toEqual(foreign)
    const abroad = { shippingAddress: { ...address, country: 'FR' } }
    expect(await refusedFor(await placed(id, abroad))).toEqual(foreign)
    const cheap = Buffer.from(
      JSON.stringify(['post', 'standard', 1, 'EUR', now.getTime() / 1_000 + 60]),
    )
    const forged = id.slice(0, 43) + cheap.toString('base64url')
    expect(await refusedFor(await placed(forged))).toEqual(foreign)
    expect((await refusedFor(await placed('')))[0]).toBe('shipping.quoteId')
    const unaddressed = await placed(id, { shippingAddress: undefined })
    expect((await refusedFor(unaddressed))[0]).toBe('shippingAddress')
  })

  test('is refused once the quote has expired', async () => {
    const { id } = await standardOf()
    const before = now
    now = new Date('2030-01-07T08:30:00.000Z')
    try {
      expect(await refusedFor(await placed(id))).toEqual([
        'shipping.quoteId',
        'has expired; ask for quotes again',
      ])
    } finally {
      now = before
    }
  })

  test('is refused once its product weighs more, as the cost is calculated again', async () => {
    const { body } = await admin('POST', '/products', { ...lamp, weight: 900 })
    const refId = body.data.id
    const items = [{ refId, quantity: 1 }]
    const { id } = (await quote(items)).body.data.quotes[0]
    await admin('PUT', `/products/${refId}`, { ...lamp, weight: 9_000 })
    expect(await refusedFor(await placed(id, basketWith(refId, 1)))).toEqual([
      'shipping.quoteId',
      'is outdated, as the cost has changed; ask for quotes again',
    ])
  })
})
