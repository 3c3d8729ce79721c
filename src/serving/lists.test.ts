import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { derivedUuid } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../test/support/http.ts'
import { account } from '../domains/identity/language.ts'

/** Reads a list by cursors. @returns the ids of its entries, and its total */
const walk = async (call: Call, path: string, name: string) => {
  const ids: string[] = []
  const totals = new Set<number>()
  let cursor = ''
  for (let pages = 0; pages < 20; pages += 1) {
    const { status, text, body } = await call('GET', `${path}${cursor}`)
    expect(status, text).toBe(200)
    ids.push(...body.data[name].map(({ id }: { id: string }) => id))
    totals.add(body.data.total)
    const { nextCursor } = body.data
    if (nextCursor === undefined) return { ids, totals: [...totals] }
    cursor = `&cursor=${nextCursor}`
  }
  throw new Error(`${path} has no end`)
}

const product = (name: string, amount: number) => ({
  name,
  category: 'lighting',
  price: { amount, currency: 'EUR' },
})

test('reading a list by cursors returns the same entries as one page, in every order', async () => {
  await using world = await httpWorld()
  const { call: admin } = await world.someone('root', 'admin')
  const { call } = await world.someone('ada')
  const prices = [300, 100, 200, 200, 200, 500]
  const products: string[] = []
  for (const [n, price] of prices.entries()) {
    const { body } = await admin('POST', '/products', product(`Lamp ${n % 3}`, price))
    products.push(body.data.id)
  }
  for (const refId of products.slice(0, 5)) {
    const items = [{ kind: 'product', refId, quantity: 1 }]
    const { status } = await call('POST', '/orders', { items, paymentMethod: { token: 'tok_ok' } })
    expect(status).toBe(202)
  }
  // An erased user has no name to sort by.
  for (const name of ['bea', 'cid']) {
    const { call: leaving, id } = await world.someone(name)
    expect((await leaving('DELETE', `/users/${id}`)).status).toBe(202)
    const close = { commandId: derivedUuid(id), actorId: 'farewell', correlationId: id }
    await world.deps.executor.execute(
      account,
      id as never,
      { type: 'CloseAccount', data: { reason: 'left' } },
      close,
    )
  }
  await world.readModels.fold()

  const since = '2020-01-01T00:00:00Z'
  for (const [name, path, asks] of [
    ['products', '/products?q=lamp', ['price', '-price', 'name', '-name', 'createdAt']],
    ['orders', `/orders?from=${since}`, ['createdAt', '-createdAt', '-updatedAt']],
    ['users', '/admin/users?', ['email', '-email', 'username', '-username', 'createdAt']],
  ] as const)
    for (const sort of asks) {
      const caller = name === 'users' ? admin : call
      const whole = await caller('GET', `${path}&sort=${sort}&limit=100`)
      const ids = whole.body.data[name].map(({ id }: { id: string }) => id)
      expect(ids.length, path).toBeGreaterThan(1)
      expect(whole.body.data).not.toHaveProperty('nextCursor')
      for (const limit of [1, 2, ids.length])
        expect(await walk(caller, `${path}&sort=${sort}&limit=${limit}`, name), sort).toEqual({
          ids,
          totals: [ids.length],
        })
    }
})

describe('a cursor', () => {
  let world: HttpWorld
  let admin: Call
  let ada: Call
  let bob: Call
  beforeAll(async () => {
    world = await httpWorld()
    admin = (await world.someone('root', 'admin')).call
    ada = (await world.someone('ada')).call
    bob = (await world.someone('bob')).call
    for (const name of ['Lamp', 'Bulb']) {
      const { body } = await admin('POST', '/products', product(name, 100))
      const items = [{ kind: 'product', refId: body.data.id, quantity: 1 }]
      for (const call of [ada, bob])
        await call('POST', '/orders', { items, paymentMethod: { token: 'tok_ok' } })
    }
    await world.readModels.fold()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const cursorAt = async (call: Call, path: string): Promise<string> => {
    const { nextCursor } = (await call('GET', path)).body.data
    expect(nextCursor, path).toMatch(/^[\w-]{44,}$/)
    return nextCursor
  }
  const answer = async (call: Call, path: string, cursor: string) => {
    const { status, body } = await call('GET', `${path}&cursor=${cursor}`)
    return status === 400 ? body.errors[0].field : status
  }

  test('is accepted with another limit, and with the parameters in another order', async () => {
    const cursor = await cursorAt(ada, '/products?limit=1&sort=name&category=lighting')
    expect(await answer(ada, '/products?category=lighting&sort=name&limit=9', cursor)).toBe(200)
    const first = await cursorAt(ada, '/products?limit=1')
    expect(await cursorAt(ada, '/products?limit=1')).toBe(first)
  })

  test.each([
    ['another order', '/products?limit=1&sort=price'],
    ['other filters', '/products?limit=1&sort=name&category=lighting'],
    ['another period', '/orders?limit=1&from=2020-01-01T00:00:00Z'],
    ['another list', '/payments?limit=1'],
    ['the same list of another user', '/orders?limit=1'],
  ])('is refused with %s', async (_, path) => {
    const isProducts = path.startsWith('/products')
    const cursor = await cursorAt(
      bob,
      isProducts ? '/products?limit=1&sort=name' : '/orders?limit=1',
    )
    expect(await answer(ada, path, cursor)).toBe('cursor')
  })

  test('is refused when it was forged or changed', async () => {
    const path = '/products?limit=1&sort=name'
    const cursor = await cursorAt(ada, path)
    const made = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
    const signature = cursor.slice(0, 43)
    for (const forged of [
      'x',
      signature,
      made(['name', 'Bulb', 'x']),
      signature + made(['Bulb', 'x']),
      (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1),
      `${cursor}A`,
    ])
      expect([forged, await answer(ada, path, forged)]).toEqual([forged, 'cursor'])
  })
})

test('every list with pages has cursors, except short ones of operators', () => {
  const { paths } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8'),
  )
  const without = Object.entries<{ get?: { parameters?: readonly { name: string }[] } }>(paths)
    .filter(([, { get }]) => {
      const names = get?.parameters?.map(({ name }) => name) ?? []
      return names.includes('page') && !names.includes('cursor')
    })
    .map(([path]) => path)
  expect(without.toSorted()).toEqual([
    '/api/v1/admin/bridges',
    '/api/v1/admin/circuit-breakers',
    '/api/v1/admin/consumer-groups',
    '/api/v1/admin/dead-letters',
    '/api/v1/admin/projections',
    '/api/v1/admin/sagas',
    '/api/v1/registry/services',
  ])
})
