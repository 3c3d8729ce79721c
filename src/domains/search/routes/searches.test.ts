import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asId, derivedUuid } from '#kernel'
import {
  httpWorld,
  noOperations,
  type Call,
  type HttpWorld,
} from '../../../../test/support/http.ts'
import { place } from '../../../../test/support/small-shop.ts'
import { account } from '../../identity/language.ts'
import { initially } from '../../profiles/language.ts'
import { UserId } from '../../shared/index.ts'
import { Unavailable } from '../../../platform/unavailable.ts'

let world: HttpWorld
let admin: Call
let ada: { readonly id: string; readonly call: Call }
let bob: { readonly id: string; readonly token: string; readonly call: Call }
let orderId: string

const wares = [
  ['Red lamp', 'Gives light', 'lighting', 1_999, 10],
  ['Blue lamp', 'Gives light, too', 'lighting', 900, 0],
  ['Müller chair', 'To sit under a lamp', 'seating', 6_000, 5],
  ['100% _wool_ *rug*', 'Soft "and" \\ warm', 'floors', 12_000, 1],
] as const

beforeAll(async () => {
  world = await httpWorld()
  admin = (await world.someone('root', 'admin')).call
  ada = await world.someone('ada')
  bob = await world.someone('bob')
  for (const [name, description, category, amount, quantity] of wares) {
    const price = { amount, currency: 'EUR' }
    const { body } = await admin('POST', '/products', { name, description, category, price })
    if (name === 'Red lamp') orderId = (await place(ada.call, body.data.id)).body.data.id
    await admin('PUT', `/inventory/${body.data.id}`, { quantity, reason: 'delivery' })
  }
  await world.readModels.fold()
})
afterAll(() => world[Symbol.asyncDispose]())

const succeeded = async (call: Call, path: string) => {
  const { status, body, text } = await call('GET', path)
  expect(status, text).toBe(200)
  return body.data
}
const names = async (query: string, call = world.anyone): Promise<readonly string[]> =>
  (await succeeded(call, `/search/products?${query}`)).hits.map(
    ({ document }: { document: { name: string } }) => document.name,
  )
const q = (text: string) => `q=${encodeURIComponent(text)}`

describe('a search of products', () => {
  test('shows documents, highlights and facets to everybody, the best hits first', async () => {
    const data = await succeeded(world.anyone, '/search/products?q=lamp')
    expect(data.hits.map(({ document }: { document: { name: string } }) => document.name)).toEqual([
      'Blue lamp',
      'Red lamp',
      'Müller chair',
    ])
    const [, red, chair] = data.hits
    expect(red).toMatchObject({
      id: red.document.id,
      highlights: [{ field: 'name', ranges: [[4, 8]] }],
      document: { price: { amount: 1_999, currency: 'EUR' }, stock: 10, inStock: true },
    })
    expect(chair.highlights).toEqual([{ field: 'description', ranges: [[15, 19]] }])
    expect(data.total).toBe(3)
    expect(data.facets.category).toEqual([
      { value: 'lighting', count: 2 },
      { value: 'seating', count: 1 },
    ])
    expect(data.facets.price).toContainEqual({ from: 1_000, to: 2_500, count: 1 })
    expect(data.facets.price).toContainEqual({ to: 1_000, count: 1 })
    expect(data.facets.price).toContainEqual({ from: 50_000, count: 0 })
    expect(data.facets.inStock).toEqual([
      { value: true, count: 2 },
      { value: false, count: 1 },
    ])
  })

  test('is filtered, each facet counted without its own filter', async () => {
    expect(await names('q=lamp&category=seating')).toEqual(['Müller chair'])
    expect(await names('q=lamp&inStock=true')).toEqual(['Red lamp', 'Müller chair'])
    expect(await names('q=lamp&minPrice=900&maxPrice=1999')).toEqual(['Blue lamp', 'Red lamp'])
    const { facets, total } = await succeeded(
      world.anyone,
      '/search/products?q=lamp&category=seating&inStock=true',
    )
    expect(total).toBe(1)
    expect(facets.category).toEqual([
      { value: 'lighting', count: 1 },
      { value: 'seating', count: 1 },
    ])
    expect(facets.inStock).toEqual([{ value: true, count: 1 }])
  })

  test.each([
    ['no text', ''],
    ['an empty text', 'q='],
    ['spaces', q('  \t ')],
    ['an emoji', q('🪔')],
  ])('with %s finds everything, newest first', async (_, query) => {
    expect(await names(query)).toEqual(wares.map(([name]) => name).toReversed())
  })

  test('takes a thousand letters, and no more', async () => {
    expect(await names(`q=${'a'.repeat(1_000)}`)).toEqual([])
    const { status, body } = await world.anyone('GET', `/search/products?q=${'a'.repeat(1_001)}`)
    expect([status, body.errors[0].field]).toEqual([400, 'q'])
  })

  test('takes signs of query languages as they are', async () => {
    for (const sign of ['%', '_', '*', '"', '\\', '.*', '(', '\u0000'])
      expect(await names(q(`${sign} wool`)), sign).toEqual([wares[3][0]])
    // Their letters are words like others.
    for (const words of ['[x-z] wool', 'name: wool', 'NOT wool'])
      expect(await names(q(words)), words).toEqual([])
    expect(await names(q('muller'))).toEqual(['Müller chair'])
  })

  test('goes from cursor to cursor without repetition', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const data = await succeeded(world.anyone, `/search/products?limit=1&q=lamp${cursor}`)
      expect(data.total).toBe(3)
      seen.push(...data.hits.map(({ document }: { document: { name: string } }) => document.name))
      cursor = data.nextCursor === undefined ? '' : `&cursor=${data.nextCursor}`
    } while (cursor)
    expect(seen).toEqual(await names('q=lamp'))
  })

  test('refuses cursors of other searches, by name', async () => {
    const { nextCursor } = await succeeded(world.anyone, '/search/products?limit=1&q=lamp')
    const orders = await succeeded(admin, '/products?limit=1')
    for (const query of [
      `q=light&cursor=${nextCursor}`,
      `q=lamp&category=lighting&cursor=${nextCursor}`,
      `q=lamp&cursor=${orders.nextCursor}`,
      'q=lamp&cursor=forged',
    ]) {
      const { status, body } = await world.anyone('GET', `/search/products?${query}`)
      expect([status, body.errors[0].field], query).toEqual([400, 'cursor'])
    }
  })

  test.each(['colour', 'facets', 'page', 'sort', 'stock'])(
    'refuses the filter %s',
    async (name) => {
      const { status, body } = await world.anyone('GET', `/search/products?q=lamp&${name}=x`)
      expect([status, body.errors[0].field]).toEqual([400, name])
    },
  )

  test('waits for a position', async () => {
    const price = { amount: 1, currency: 'EUR' }
    const { body } = await admin('POST', '/products', { name: 'Zither', category: 'x', price })
    const { position } = body.meta
    expect(await names(`q=zither&minPosition=${position}`)).toEqual(['Zither'])
    await admin('DELETE', `/products/${body.data.id}`)
    await world.readModels.fold()
    expect(await names('q=zither')).toEqual([])
    const never = await world.anyone('GET', '/search/products?q=a&minPosition=999999')
    expect([never.status, never.body.errors[0].field]).toEqual([400, 'minPosition'])
  })
})

describe('a search of orders', () => {
  const found = async (call: Call, query = 'q=lamp') =>
    (await succeeded(call, `/search/orders?${query}`)).hits.map(({ id }: { id: string }) => id)

  test('finds those of the caller, and all for an admin', async () => {
    expect(await found(ada.call)).toEqual([orderId])
    expect(await found(ada.call, `q=${orderId}`)).toEqual([orderId])
    expect(await found(admin)).toEqual([orderId])
    expect(await found(bob.call)).toEqual([])
    expect(await found(bob.call, `q=${orderId}`)).toEqual([])
    expect(await found(bob.call, '')).toEqual([])
    expect((await world.anyone('GET', '/search/orders')).status).toBe(401)
  })

  test('is filtered by status', async () => {
    expect(await found(ada.call, 'q=lamp&status=PENDING')).toEqual([orderId])
    expect(await found(ada.call, 'q=lamp&status=SHIPPED')).toEqual([])
    const { status, body } = await ada.call('GET', '/search/orders?status=LOST')
    expect([status, body.errors[0].field]).toEqual([400, 'status'])
  })
})

describe('a search of users', () => {
  const found = async (call: Call, text: string) => {
    await world.readModels.fold()
    return (await succeeded(call, `/search/users?${q(text)}`)).hits
  }
  const update = (person: typeof ada, change: object) =>
    person.call('PATCH', `/users/${person.id}`, change)

  test('finds public users by username, name and bio, with highlights', async () => {
    const grace = await world.someone('grace')
    await update(grace, { name: 'Rear Admiral', bio: 'Nanoseconds of wire' })
    expect(await found(bob.call, 'grace')).toMatchObject([
      {
        id: grace.id,
        document: { userId: grace.id, username: 'grace', name: 'Rear Admiral', private: false },
        highlights: [{ field: 'username', ranges: [[0, 5]] }],
      },
    ])
    const [named] = await found(bob.call, 'admiral wire')
    expect(named.highlights).toEqual([
      { field: 'name', ranges: [[5, 12]] },
      { field: 'bio', ranges: [[15, 19]] },
    ])
    expect((await world.anyone('GET', '/search/users?q=grace')).status).toBe(401)
  })

  test.each(['followers', 'private'])(
    'finds users with the privacy %s by their username only, and shows no more',
    async (privacy) => {
      const name = `hidden${privacy}`
      const ghost = await world.someone(name)
      await update(ghost, { name: 'Spectral Figure', bio: 'Haunts moors' })
      const hidden = await ghost.call('PUT', '/users/me/settings', {
        ...initially.settings,
        privacy,
      })
      expect(hidden.status, hidden.text).toBe(200)
      expect(await found(bob.call, 'spectral')).toEqual([])
      expect(await found(bob.call, 'moors')).toEqual([])
      expect(await found(bob.call, name)).toMatchObject([
        { id: ghost.id, document: { userId: ghost.id, username: name, private: true } },
      ])
      expect(JSON.stringify(await found(bob.call, name))).not.toContain('Spectral')
    },
  )

  test('leaves out what the profile hides since it was indexed', async () => {
    const late = await world.someone('lately')
    await update(late, { name: 'Quicksilver' })
    await world.readModels.fold()
    const { readModels } = world
    await using stale = await httpWorld({
      ...world.deps,
      readModels: {
        ...readModels,
        find: async (projection, query, minPosition) => {
          const found = await readModels.find(projection, query, minPosition)
          const documents = found.documents.map((document) =>
            projection.name === 'profiles'
              ? { ...document, privacy: 'private' as const }
              : document,
          )
          return { ...found, documents }
        },
      },
    })
    const as = { authorization: `Bearer ${bob.token}` }
    for (const text of ['quicksilver', 'lately quicksilver']) {
      const path = `/search/users?${q(text)}`
      const { body } = await stale.anyone('GET', path, undefined, as)
      expect(body.data, text).toEqual({ hits: [], total: 0 })
    }
    const { body } = await stale.anyone('GET', '/search/users?q=lately', undefined, as)
    expect(body.data).toMatchObject({ hits: [{ id: late.id, document: { private: true } }] })
  })

  test('does not find suspended users, except for admins, nor those who left', async () => {
    const sid = await world.someone('suspendible')
    await admin('PATCH', `/admin/users/${sid.id}`, { suspended: true })
    expect(await found(bob.call, 'suspendible')).toEqual([])
    const counted = await succeeded(bob.call, '/search/users?q=suspendible')
    expect(counted.total).toBe(0)
    expect(await found(admin, 'suspendible')).toHaveLength(1)
    const commandId = derivedUuid('close', sid.id)
    const origin = { commandId, actorId: 'test', correlationId: commandId }
    const command = { type: 'CloseAccount' as const, data: { reason: 'left' } }
    await world.deps.executor.execute(account, asId(UserId, sid.id), command, origin)
    expect(await found(admin, 'suspendible')).toEqual([])
  })

  test('is paged at /users/search, up to ten thousand hits; then by cursor', async () => {
    for (const n of [1, 2, 3]) await world.someone(`paged.${n}`)
    await world.readModels.fold()
    const page = (query: string) => succeeded(bob.call, `/users/search?q=paged&limit=1&${query}`)
    const of = (data: { users: { username: string }[] }) => data.users.map((user) => user.username)
    const pages = [await page('page=1'), await page('page=2'), await page('page=3')]
    expect(pages.flatMap(of)).toEqual(['paged.3', 'paged.2', 'paged.1'])
    expect(pages[1]).toMatchObject({ total: 3, page: 2, limit: 1 })
    expect(await page('page=4')).toEqual({ users: [], total: 3, page: 4, limit: 1 })
    expect(of(await page(`cursor=${pages[0].nextCursor}`))).toEqual(['paged.2'])
    const deep = await bob.call('GET', '/users/search?q=paged&limit=100&page=102')
    expect([deep.status, deep.body.errors[0].field]).toEqual([400, 'page'])
  })
})

describe('a search in several types', () => {
  test('answers for each, with filters for those that have them', async () => {
    const data = await succeeded(ada.call, '/search?q=lamp&types=products,orders')
    expect(Object.keys(data).toSorted()).toEqual(['orders', 'products'])
    expect(data.products.total).toBe(3)
    expect(data.orders).toMatchObject({ total: 1, hits: [{ id: orderId }] })
    const all = await succeeded(bob.call, '/search?q=lamp&category=seating')
    expect(all).toMatchObject({
      products: { total: 1 },
      users: { total: 0 },
      gigs: { hits: [], total: 0 },
      orders: { total: 0 },
      posts: { hits: [], total: 0 },
    })
  })

  test.each(['types=planets', 'types=products,', 'types=products,planets', 'colour=red'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await ada.call('GET', `/search?q=lamp&${query}`)
      expect([status, body.errors[0].field]).toEqual([400, query.split('=')[0]])
    },
  )
})

describe('suggestions', () => {
  const suggested = async (call: Call, text: string) =>
    (await succeeded(call, `/search/suggest?${q(text)}`)).suggestions

  test('are products, and users for callers who are signed in', async () => {
    const lamps = await suggested(world.anyone, 'lam')
    expect(lamps.map(({ text }: { text: string }) => text)).toEqual([
      'Blue lamp',
      'Red lamp',
      'Müller chair',
    ])
    expect(lamps[0]).toMatchObject({ type: 'products', id: expect.any(String) })
    expect(await suggested(world.anyone, 'bob')).toEqual([])
    expect(await suggested(ada.call, 'bob')).toEqual([{ type: 'users', text: 'bob', id: bob.id }])
  })

  test('are at most ten, each text once, and none without a word', async () => {
    for (const n of Array.from({ length: 12 }, (_, index) => index))
      await admin('POST', '/products', {
        name: `Vase ${Math.min(n, 10)}`,
        category: 'x',
        price: { amount: 1, currency: 'EUR' },
      })
    await world.someone('vasedealer')
    await world.readModels.fold()
    const vases: { type: string; text: string }[] = await suggested(ada.call, 'vase')
    expect(vases).toHaveLength(10)
    expect(new Set(vases.map(({ text }) => text)).size).toBe(10)
    expect(vases.filter(({ type }) => type === 'users')).toMatchObject([{ text: 'vasedealer' }])
    for (const text of ['', ' ', '🪔', '%']) expect(await suggested(ada.call, text)).toEqual([])
    expect((await world.anyone('GET', '/search/suggest')).status).toBe(400)
  })
})

test('while the store of search is away, searches answer 503, and commands go on', async () => {
  const { readModels } = world
  await using away = await httpWorld({
    ...world.deps,
    readModels: {
      ...readModels,
      search: () => Promise.reject(new Unavailable('Elasticsearch cannot be reached')),
    },
  })
  const { status, headers } = await away.anyone('GET', '/search/products?q=lamp')
  expect([status, headers['retry-after']]).toEqual([503, '1'])
  expect((await away.anyone('GET', '/products')).status).toBe(200)
})

describe('management of the indices', () => {
  test('requests a refold, a removal or a rebuild of the read model', async () => {
    const requests: unknown[] = []
    let isGated = false
    await using managed = await httpWorld({
      operations: {
        ...noOperations,
        refold: async (...asked) => Boolean(requests.push(['refold', ...asked])),
        removeDocument: async (...asked) => Boolean(requests.push(['remove', ...asked])),
        rebuild: async (name) => {
          if (isGated) return 'building'
          requests.push(['rebuild', name])
          return 'begun'
        },
      },
    })
    const { call } = await managed.someone('root', 'admin')
    const done = async (method: 'PUT' | 'DELETE' | 'POST', path: string, body?: object) => {
      const { status, body: answer } = await call(method, path, body)
      return [status, answer.data]
    }
    expect(await done('PUT', '/search/index/products/p1')).toEqual([
      202,
      { type: 'products', id: 'p1' },
    ])
    expect(await done('DELETE', '/search/index/users/u1')).toEqual([
      202,
      { type: 'users', id: 'u1' },
    ])
    expect(await done('POST', '/search/index/rebuild', { type: 'orders' })).toEqual([
      202,
      { types: ['orders'] },
    ])
    const types = ['products', 'users', 'gigs', 'orders', 'posts', 'media']
    expect(await done('POST', '/search/index/rebuild', {})).toEqual([202, { types }])
    const rebuilds = ['orders', ...types].map((type) => ['rebuild', `search_${type}`])
    const others = [
      ['refold', 'search_products', 'p1'],
      ['remove', 'search_users', 'u1'],
    ]
    // Indices are rebuilt at once, in any order.
    expect(requests).toHaveLength(rebuilds.length + others.length)
    expect(requests).toEqual(expect.arrayContaining([...others, ...rebuilds]))
    const tried = [
      await call('PUT', '/search/index/planets/g1'),
      await call('POST', '/search/index/rebuild', { type: 'planets' }),
      await call('POST', '/search/index/rebuild', { kind: 'users' }),
    ]
    expect(tried.map(({ status }) => status)).toEqual([404, 400, 400])
    isGated = true
    const refused = await call('POST', '/search/index/rebuild', { type: 'users' })
    expect([refused.status, refused.body.code]).toEqual([409, 'rebuild_under_way'])
  })
})
