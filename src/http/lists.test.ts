import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { derivedUuid } from '#kernel'
import { httpWorld, type Call } from '../../test/support/http.ts'
import { account } from '../domains/identity/index.ts'

/** Walks through a list from cursor to cursor. @returns the ids of its entries, and how long it said that it was */
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

test('a list is the same from cursor to cursor as it is on one page, whatever it is sorted by', async () => {
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
  // Who has left has no name to be sorted by.
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

  const { nextCursor } = (await call('GET', '/products?sort=price&limit=1')).body.data
  const turned = await call('GET', `/products?sort=-price&limit=1&cursor=${nextCursor}`)
  expect([turned.status, turned.body.errors[0].field]).toEqual([400, 'cursor'])
})

test('every list that has pages has cursors too, but for short ones of operators, and what is sorted by likeness', () => {
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
    '/api/v1/admin/circuit-breakers',
    '/api/v1/admin/dead-letters',
    '/api/v1/admin/projections',
    '/api/v1/admin/sagas',
    '/api/v1/registry/services',
    '/api/v1/users/search',
  ])
})
