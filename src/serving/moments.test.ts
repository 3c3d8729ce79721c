import { expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../test/support/http.ts'
import { canonicalMoment } from './moments.ts'

/** A user with one order at a known moment. */
const withOrder = async (world: HttpWorld) => {
  const { call: admin } = await world.someone('root', 'admin')
  const { call } = await world.someone('ada')
  const price = { amount: 1999, currency: 'EUR' }
  const { body } = await admin('POST', '/products', { name: 'Lamp', category: 'x', price })
  const items = [{ kind: 'product', refId: body.data.id, quantity: 1 }]
  await call('POST', '/orders', { items, paymentMethod: { token: 'tok_ok' } })
  await world.readModels.fold()
  const { orders } = (await call('GET', '/orders')).body.data
  return { call, at: new Date(orders[0].createdAt) }
}

const shifted = (at: Date, ms: number) => new Date(at.getTime() + ms)

/** The same moment in a time zone ahead of UTC. */
const inOffset = (at: Date, hours: number) =>
  shifted(at, hours * 3_600_000)
    .toISOString()
    .replace('Z', `%2B${String(hours).padStart(2, '0')}:00`)

test('lists are filtered by moments in every notation', async () => {
  await using world = await httpWorld()
  const { call, at } = await withOrder(world)
  const found = async (query: string) => {
    const { status, text, body } = await call('GET', `/orders?${query}`)
    expect(status, text).toBe(200)
    return body.data.total
  }
  const exact = at.toISOString()
  const fullSecond = `${exact.slice(0, 19)}Z`
  for (const same of [
    exact,
    exact.toLowerCase(),
    exact.replace('Z', '000Z'),
    exact.replace('Z', '%2B00:00'),
    inOffset(at, 5),
  ])
    expect([same, await found(`from=${same}`), await found(`to=${same}`)]).toEqual([same, 1, 1])
  expect(await found(`from=${fullSecond}`)).toBe(1)
  expect(await found(`from=${inOffset(shifted(at, 1), 9)}`)).toBe(0)
  expect(await found(`to=${inOffset(shifted(at, -1), 9)}`)).toBe(0)
})

test.each([
  ['from=2026-11-28T11:45:43.3035Z', 'from'],
  ['to=2016-12-31T23:59:60Z', 'to'],
  ['from=2026-11-28T11:45:43', 'from'],
  ['from=2026-02-30T11:45:43Z', 'from'],
  ['from=9999-12-31T23:59:59-01:00', 'from'],
  ['from=2026-11-28T11:45:43Z&to=2026-11-28T13:45:42%2B02:00', 'to'],
])('an invalid moment or period is refused with its field: %s', async (query, field) => {
  await using world = await httpWorld()
  const { call } = await world.someone('ada')
  for (const list of ['/orders', '/payments']) {
    const { status, body } = await call('GET', `${list}?${query}`)
    expect([status, body.errors[0].field]).toEqual([400, field])
  }
})

test('the canonical text of a moment sorts like the moment', () => {
  const texts = [
    '2026-11-28T11:45:43Z',
    '2026-11-28T11:45:43.303Z',
    '2026-11-28t13:45:43.304+02:00',
    '2026-11-28T11:45:44.0000Z',
  ]
  const canonical = texts.map((text) => canonicalMoment(text) ?? '')
  expect(canonical.toSorted()).toEqual(canonical)
  expect(canonical.every((text) => /^[\d-]{10}T[\d:]{8}\.\d{3}Z$/.test(text))).toBe(true)
})
