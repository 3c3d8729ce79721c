import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gigStall, logo, offer, pack } from '../../../../test/support/gig-stall.ts'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { ownFile } from '../../../../test/support/own-file.ts'

let world: HttpWorld
let ada: Awaited<ReturnType<HttpWorld['someone']>>
let eve: typeof ada
let buyer: typeof ada
let admin: typeof ada
beforeAll(async () => {
  world = await httpWorld()
  ada = (await gigStall(world)).seller
  eve = await world.someone('eve', 'seller')
  buyer = await world.someone('bob')
  admin = await world.someone('root', 'admin')
})
afterAll(() => world[Symbol.asyncDispose]())

test('a gig is created as a draft, changed, published, paused and deleted by its seller', async () => {
  const created = await ada.call('POST', '/gigs', logo)
  expect(created.status, created.text).toBe(201)
  const { id } = created.body.data
  expect(created.body.data).toStrictEqual({
    id,
    seller: { id: ada.id },
    ...logo,
    mediaIds: [],
    status: 'DRAFT',
    from: { amount: 5_000, currency: 'EUR' },
    deliveryDays: 3,
  })
  expect(created.headers.location).toBe(`/api/v1/gigs/${id}`)
  expect(created.headers.etag).toBe('"0"')

  const packages = [pack('Only', { amount: 7_000, currency: 'USD' })]
  const changed = await ada.call('PATCH', `/gigs/${id}`, { title: 'Two logos', packages })
  expect(changed.status, changed.text).toBe(200)
  expect(changed.body.data).toMatchObject({
    ...logo,
    title: 'Two logos',
    packages,
    from: { amount: 7_000, currency: 'USD' },
  })

  const moved = async (to: string) => {
    const { status, body, text } = await ada.call('POST', `/gigs/${id}/${to}`)
    expect(status, text).toBe(200)
    return body.data.status
  }
  expect(await moved('publish')).toBe('PUBLISHED')
  expect(await moved('publish')).toBe('PUBLISHED')
  expect(await moved('pause')).toBe('PAUSED')
  expect(await moved('publish')).toBe('PUBLISHED')
  const events = await world.log.read(`gig-${id}`, { limit: 10 })
  expect(events.map(({ type }) => type)).toEqual([
    'GigCreated',
    'GigUpdated',
    'GigPublished',
    'GigPaused',
    'GigPublished',
  ])

  const deleted = await ada.call('DELETE', `/gigs/${id}`)
  expect(deleted.body.data).toStrictEqual({ id, deleted: true })
  expect((await ada.call('DELETE', `/gigs/${id}`)).status).toBe(200)
  expect((await ada.call('GET', `/gigs/${id}`)).status).toBe(404)
})

test('a gig is shown by pictures and videos of its seller', async () => {
  const [picture, video] = [await ownFile(world, ada.id), await ownFile(world, ada.id, 'video')]
  const created = await ada.call('POST', '/gigs', { ...logo, mediaIds: [picture] })
  expect([created.status, created.body.data.mediaIds]).toEqual([201, [picture]])
  const path = `/gigs/${created.body.data.id}`
  const changed = await ada.call('PATCH', path, { mediaIds: [video] })
  expect([changed.status, changed.body.data.mediaIds]).toEqual([200, [video]])
  const stranger = await world.someone('stranger-with-files')
  for (const [file, status] of [
    [await ownFile(world, stranger.id), 404],
    [randomUUID(), 404],
    [await ownFile(world, ada.id, 'document'), 400],
  ] as const)
    for (const asked of [
      ada.call('POST', '/gigs', { ...logo, mediaIds: [picture, file] }),
      ada.call('PATCH', path, { mediaIds: [picture, file] }),
    ]) {
      const { status: found, body } = await asked
      expect([found, body.errors[0].field]).toEqual([status, 'mediaIds[1]'])
    }
})

test('a request with an idempotency key creates one gig', async () => {
  const key = { 'idempotency-key': randomUUID() }
  const [one, two] = [
    await ada.call('POST', '/gigs', logo, key),
    await ada.call('POST', '/gigs', logo, key),
  ]
  expect(two.body).toEqual(one.body)
})

test('a change at another revision than the one that was read is refused', async () => {
  const id = await offer(ada.call)
  const late = { 'if-match': '"0"' }
  for (const [method, path, body] of [
    ['PATCH', '', { title: 'Late' }],
    ['POST', '/pause', undefined],
    ['POST', '/publish', undefined],
    ['DELETE', '', undefined],
  ] as const)
    expect((await ada.call(method, `/gigs/${id}${path}`, body, late)).body.code).toBe(
      'revision_mismatch',
    )
  const { headers } = await ada.call('GET', `/gigs/${id}`)
  const inTime = { 'if-match': String(headers.etag) }
  expect((await ada.call('PATCH', `/gigs/${id}`, { title: 'In time' }, inTime)).status).toBe(200)
})

describe('a change is refused', () => {
  test('to those who are no sellers', async () => {
    const { status, body } = await buyer.call('POST', '/gigs', logo)
    expect([status, body.code]).toEqual([403, 'forbidden'])
    expect((await world.anyone('POST', '/gigs', logo)).status).toBe(401)
  })

  test.each(['draft', 'published'])('to other sellers, for a %s gig', async (status) => {
    const id = await offer(ada.call, {}, { isDraft: status === 'draft' })
    for (const [method, path, body] of [
      ['PATCH', '', { title: 'Mine' }],
      ['POST', '/publish', undefined],
      ['POST', '/pause', undefined],
      ['DELETE', '', undefined],
    ] as const) {
      const answer = await eve.call(method, `/gigs/${id}${path}`, body)
      expect([answer.status, answer.body.code], `${method} ${path}`).toEqual([403, 'forbidden'])
    }
    expect((await ada.call('GET', `/gigs/${id}`)).body.data.title).toBe(logo.title)
  })

  test('to an admin, except for the deletion', async () => {
    const id = await offer(ada.call)
    expect((await admin.call('PATCH', `/gigs/${id}`, { title: 'Better' })).status).toBe(403)
    expect((await admin.call('POST', `/gigs/${id}/pause`)).status).toBe(403)
    expect((await admin.call('DELETE', `/gigs/${id}`)).status).toBe(200)
    expect((await world.anyone('GET', `/gigs/${id}`)).status).toBe(404)
  })

  test('of a deleted or unknown gig', async () => {
    const id = await offer(ada.call)
    await ada.call('DELETE', `/gigs/${id}`)
    for (const gone of [id, randomUUID()])
      for (const [method, path, body] of [
        ['PATCH', '', { title: 'Again' }],
        ['POST', '/publish', undefined],
        ['POST', '/pause', undefined],
      ] as const)
        expect((await ada.call(method, `/gigs/${gone}${path}`, body)).status).toBe(404)
    expect((await ada.call('DELETE', `/gigs/${randomUUID()}`)).status).toBe(404)
  })

  test('of a draft that is to be paused', async () => {
    const id = await offer(ada.call, {}, { isDraft: true })
    const { status, body } = await ada.call('POST', `/gigs/${id}/pause`)
    expect([status, body.code]).toEqual([409, 'not_published'])
  })
})

const four = ['One', 'Two', 'Three', 'Four'].map((name) => pack(name))
const eleven = Array.from({ length: 11 }, (_, nth) => `tag ${nth}`)

test.each([
  ['three packages of one name', { packages: [1, 2, 3].map(() => pack('Basic')) }, 'packages'],
  ['names that differ in case only', { packages: [pack('Basic'), pack('BASIC')] }, 'packages'],
  ['four packages', { packages: four }, 'packages'],
  ['no package', { packages: [] }, 'packages'],
  [
    'prices in two currencies',
    { packages: [pack('Basic'), pack('Plus', { currency: 'USD' })] },
    'packages',
  ],
  ['the price 0', { packages: [pack('Basic', { amount: 0 })] }, 'packages[0].price.amount'],
  ['a price below 0', { packages: [pack('Basic', { amount: -1 })] }, 'packages[0].price.amount'],
  ['half a cent', { packages: [pack('Basic', { amount: 0.5 })] }, 'packages[0].price.amount'],
  [
    'an unknown currency',
    { packages: [pack('Basic', { currency: 'ZZZ' })] },
    'packages[0].price.currency',
  ],
  [
    'no time for the delivery',
    { packages: [pack('Basic', { deliveryDays: 0 })] },
    'packages[0].deliveryDays',
  ],
  [
    'less than no revisions',
    { packages: [pack('Basic', { revisions: -1 })] },
    'packages[0].revisions',
  ],
  ['eleven tags', { tags: eleven }, 'tags'],
  ['a tag twice', { tags: ['logo', 'logo'] }, 'tags'],
  ['an escape in the title', { title: 'A \u001b[31mlogo' }, 'title'],
  ['a hidden letter in the title', { title: 'A lo\u200bgo' }, 'title'],
  ['a title of spaces', { title: '   ' }, 'title'],
  ['a hidden letter in a tag', { tags: ['lo\u200bgo'] }, 'tags[0]'],
  ['an escape in the category', { category: 'de\u001bsign' }, 'category'],
  ['an escape in a package', { packages: [pack('Ba\u001bsic')] }, 'packages[0].name'],
  ['a hidden letter in a package', { packages: [pack('Ba\u200bsic')] }, 'packages[0].name'],
  ['an escape in the description', { description: 'Drawn\u001b[2J' }, 'description'],
  ['a medium that is no id', { mediaIds: ['picture.png'] }, 'mediaIds[0]'],
  ['an unknown field', { colour: 'red' }, 'colour'],
])('a gig with %s is refused, new and changed, naming the field', async (_, fault, field) => {
  const id = await offer(ada.call, {}, { isDraft: true })
  for (const answer of [
    await ada.call('POST', '/gigs', { ...logo, ...fault }),
    await ada.call('PATCH', `/gigs/${id}`, fault),
  ])
    expect([answer.status, answer.body.errors?.[0]?.field], answer.text).toEqual([400, field])
})

test.each(['title', 'description', 'category', 'packages'])(
  'a gig without its %s is refused',
  async (field) => {
    const { status, body } = await ada.call('POST', '/gigs', { ...logo, [field]: undefined })
    expect([status, body.errors[0].field]).toEqual([400, field])
  },
)
