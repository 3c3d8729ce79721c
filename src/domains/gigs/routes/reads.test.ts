import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gigStall, logo, offer, pack } from '../../../../test/support/gig-stall.ts'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { initially } from '../../profiles/language.ts'

let world: HttpWorld
let ada: Awaited<ReturnType<HttpWorld['someone']>>
let eve: typeof ada
let admin: typeof ada
let gigId: string
let [site, melody, draft, paused]: string[] = []
beforeAll(async () => {
  world = await httpWorld()
  ;({ seller: ada, gigId } = await gigStall(world))
  eve = await world.someone('eve', 'seller')
  admin = await world.someone('root', 'admin')
  site = await offer(ada.call, {
    title: 'Web site',
    category: 'code',
    packages: [pack('Basic', { amount: 90_000, deliveryDays: 30 })],
  })
  melody = await offer(eve.call, {
    title: 'Melody',
    category: 'music',
    packages: [
      pack('Slow', { amount: 1_000, deliveryDays: 9 }),
      pack('Quick', { amount: 3_000, deliveryDays: 1 }),
    ],
  })
  draft = await offer(ada.call, { title: 'Draft' }, { isDraft: true })
  paused = await offer(ada.call, { title: 'Paused' })
  await ada.call('POST', `/gigs/${paused}/pause`)
  await world.readModels.fold()
})
afterAll(() => world[Symbol.asyncDispose]())

const got = async (path: string, call: Call = world.anyone) => {
  const { status, body, text } = await call('GET', path)
  expect(status, text).toBe(200)
  return body.data
}
const titles = async (path: string, call?: Call): Promise<readonly string[]> =>
  (await got(path, call)).gigs.map(({ title }: { title: string }) => title)

describe('one gig', () => {
  test('has its seller, packages, rating and orders, for everybody', async () =>
    expect(await got(`/gigs/${gigId}`)).toEqual({
      id: gigId,
      seller: { id: ada.id, username: 'ada', name: 'Ada King' },
      ...logo,
      mediaIds: [],
      status: 'PUBLISHED',
      from: { amount: 5_000, currency: 'EUR' },
      deliveryDays: 3,
      rating: { average: 0, count: 0 },
      orders: { active: 0, completed: 0 },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    }))

  test('is current before the read model is', async () => {
    const id = await offer(ada.call, { title: 'At once' })
    expect((await got(`/gigs/${id}`)).status).toBe('PUBLISHED')
    await ada.call('PATCH', `/gigs/${id}`, { title: 'Changed at once', packages: [pack('One')] })
    expect(await got(`/gigs/${id}`)).toMatchObject({
      title: 'Changed at once',
      packages: [{ name: 'One' }],
    })
    await ada.call('DELETE', `/gigs/${id}`)
    expect((await world.anyone('GET', `/gigs/${id}`)).status).toBe(404)
  })

  test('is shown to its seller and admins only, while it is a draft', async () => {
    for (const call of [ada.call, admin.call])
      expect((await got(`/gigs/${draft}`, call)).status).toBe('DRAFT')
    for (const call of [eve.call, world.anyone])
      expect((await call('GET', `/gigs/${draft}`)).status).toBe(404)
  })

  test('is shown to everybody while it is paused', async () =>
    expect((await got(`/gigs/${paused}`)).status).toBe('PAUSED'))

  test('has the present name of its seller, unless the profile is hidden', async () => {
    const kim = await world.someone('kim', 'seller')
    const id = await offer(kim.call)
    const seller = async (position: string) =>
      (await got(`/gigs/${id}?minPosition=${position}`)).seller
    const named = await kim.call('PATCH', `/users/${kim.id}`, { name: 'Kim' })
    expect(await seller(named.body.meta.position)).toEqual({
      id: kim.id,
      username: 'kim',
      name: 'Kim',
    })
    const shop = await kim.call('POST', '/users/me/seller', { displayName: 'Kim & Co' })
    expect(await seller(shop.body.meta.position)).toMatchObject({ displayName: 'Kim & Co' })
    const renamed = await kim.call('PATCH', `/users/${kim.id}`, { name: 'Kimball' })
    const listed = await got(`/gigs?seller=${kim.id}&minPosition=${renamed.body.meta.position}`)
    expect(listed.gigs[0].seller.name).toBe('Kimball')
    const settings = { ...initially.settings, privacy: 'private' }
    const hidden = await kim.call('PUT', '/users/me/settings', settings)
    expect(await seller(hidden.body.meta.position)).toEqual({ id: kim.id, username: 'kim' })
    await kim.call('DELETE', `/gigs/${id}`)
    await world.readModels.fold()
  })
})

describe('the list of gigs', () => {
  test('has published ones, the newest first', async () =>
    expect(await titles('/gigs')).toEqual(['Melody', 'Web site', logo.title]))

  test.each([
    ['category=code', ['Web site']],
    ['category=none', []],
    ['minPrice=5000', ['Web site', logo.title]],
    ['maxPrice=5000', ['Melody', logo.title]],
    ['deliveryDays=1', ['Melody']],
    ['deliveryDays=3', ['Melody', logo.title]],
    ['rating=0', ['Melody', 'Web site', logo.title]],
    ['rating=4.5', []],
    ['sort=price', ['Melody', logo.title, 'Web site']],
    ['sort=-price', ['Web site', logo.title, 'Melody']],
    ['sort=createdAt', [logo.title, 'Web site', 'Melody']],
    ['sort=price&page=2&limit=1', [logo.title]],
  ])('with %s has %j', async (query, expected) =>
    expect(await titles(`/gigs?${query}`)).toEqual(expected),
  )

  test('has those of one seller', async () => {
    expect(await titles(`/gigs?seller=${eve.id}`)).toEqual(['Melody'])
    expect(await titles(`/gigs?seller=${ada.id}&category=code`)).toEqual(['Web site'])
  })

  test.each(['createdAt', '-price', 'rating'])('goes on by cursor, by %s', async (sort) => {
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await got(`/gigs?limit=1&sort=${sort}${cursor}`)
      seen.push(page.gigs[0].title)
      cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`
    } while (cursor)
    expect(seen).toEqual(await titles(`/gigs?sort=${sort}`))
  })

  test.each(['sort=title', 'deliveryDays=0', 'rating=6', 'seller=ada', 'minPrice=x', 'colour=red'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await world.anyone('GET', `/gigs?${query}`)
      expect([status, body.errors[0].field]).toEqual([400, query.split('=')[0]])
    },
  )
})

describe('the gigs of a user', () => {
  const path = () => `/users/${ada.id}/gigs?sort=createdAt`

  test('are the published ones for others', async () => {
    for (const call of [world.anyone, eve.call])
      expect(await titles(path(), call)).toEqual([logo.title, 'Web site'])
  })

  test('are all for the user and admins', async () => {
    for (const call of [ada.call, admin.call])
      expect(await titles(path(), call)).toEqual([logo.title, 'Web site', 'Draft', 'Paused'])
  })
})

describe('a search of gigs', () => {
  const found = async (query: string): Promise<readonly string[]> =>
    (await got(`/search/gigs?${query}`)).hits.map(({ id }: { id: string }) => id)

  test('shows documents, highlights and facets to everybody', async () => {
    const data = await got('/search/gigs?q=logo')
    expect(data.hits).toEqual([
      {
        id: gigId,
        document: expect.objectContaining({
          id: gigId,
          seller: { id: ada.id, username: 'ada', name: 'Ada King' },
          title: logo.title,
          from: { amount: 5_000, currency: 'EUR' },
          rating: { average: 0, count: 0 },
        }),
        highlights: [{ field: 'title', ranges: [[2, 6]] }],
      },
    ])
    const { facets } = await got('/search/gigs')
    expect(facets.category).toEqual(
      ['code', 'design', 'music'].map((value) => ({ value, count: 1 })),
    )
    expect(facets.price).toContainEqual({ from: 50_000, count: 1 })
    expect(facets.deliveryDays).toEqual([
      { to: 2, count: 1 },
      { from: 2, to: 4, count: 1 },
      { from: 4, to: 8, count: 0 },
      { from: 8, count: 1 },
    ])
    expect(facets.rating[0]).toEqual({ to: 1, count: 3 })
  })

  test('finds words of title, tags and description, and is filtered', async () => {
    expect(await found('q=vector&category=design')).toEqual([gigId])
    expect(await found('q=melodi')).toEqual([melody])
    expect(await found('minPrice=50000')).toEqual([site])
    expect(await found('deliveryDays=1')).toEqual([melody])
    expect(await found('rating=1')).toEqual([])
  })

  test('does not find drafts, paused and deleted gigs', async () => {
    expect(await found('q=draft')).toEqual([])
    expect(await found('q=paused')).toEqual([])
    const id = await offer(ada.call, { title: 'Ephemeral' })
    await world.readModels.fold()
    expect(await found('q=ephemeral')).toEqual([id])
    await ada.call('DELETE', `/gigs/${id}`)
    await world.readModels.fold()
    expect(await found('q=ephemeral')).toEqual([])
  })

  test('is part of the search in all types and of suggestions', async () => {
    const all = await got('/search?q=melody&types=gigs,products', eve.call)
    expect(all.gigs).toMatchObject({ total: 1, hits: [{ id: melody }] })
    expect((await got('/search/suggest?q=melo')).suggestions).toEqual([
      { type: 'gigs', text: 'Melody', id: melody },
    ])
  })
})
