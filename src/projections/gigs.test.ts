import { describe, expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { gig } from '../domains/gigs/language.ts'
import { GigId, UserId } from '../domains/shared/index.ts'
import { gigs } from './gigs.ts'
import { searchGigs } from './search-gigs.ts'

const id = derivedId(GigId, 'logo')
const sellerId = derivedId(UserId, 'ada')
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
let revision = -1
const happened = (type: string, data: object = {}, at = tuesday) =>
  recorded(streamOf(gig, id), { type, data }, { at, revision: (revision += 1) })

const pack = (name: string, amount: number, deliveryDays: number) => ({
  name,
  description: `The ${name} one`,
  price: { amount, currency: 'EUR' },
  deliveryDays,
  revisions: 1,
})
const packages = [pack('plus', 9_000, 2), pack('basic', 5_000, 7)]
const details = { title: 'A logo', description: 'Drawn by hand', category: 'design' }
const offered = { sellerId, ...details, tags: ['logo', 'vector'], packages, mediaIds: [] }
const created = happened('GigCreated', offered, monday)
const published = happened('GigPublished')
const paused = happened('GigPaused')
const suspended = happened('GigSuspended')
const resumed = happened('GigResumed')

describe('a gig', () => {
  test('has the terms of its best packages, no orders and no rating at first', () =>
    expect(folding(gigs, created).into(id)).toEqual({
      id,
      ...offered,
      status: 'DRAFT',
      from: { amount: 5_000, currency: 'EUR' },
      deliveryDays: 2,
      rating: { average: 0, count: 0, sum: 0 },
      orders: { active: 0, completed: 0 },
      revision: 0,
      createdAt: monday,
      updatedAt: monday,
    }))

  test('has the details of its last change, with their terms', () => {
    const before = folding(gigs, created).into(id)
    const renamed = happened('GigUpdated', { sellerId, title: 'Two logos', tags: [] })
    expect(folding(gigs, created, renamed).into(id)).toEqual({
      ...before,
      title: 'Two logos',
      tags: [],
      revision: renamed.revision,
      updatedAt: tuesday,
    })
    const repriced = happened('GigUpdated', { sellerId, packages: [pack('basic', 4_000, 9)] })
    expect(folding(gigs, created, repriced).into(id)).toMatchObject({
      title: 'A logo',
      from: { amount: 4_000 },
      deliveryDays: 9,
    })
    const dearer = [pack('basic', 4_000, 9), pack('plus', 9_000, 3), pack('all', 8_000, 5)]
    expect(
      folding(gigs, created, happened('GigUpdated', { sellerId, packages: dearer })).into(id),
    ).toMatchObject({ from: { amount: 4_000 }, deliveryDays: 3 })
  })

  test('has its status and revision, until it is deleted', () => {
    const now = (...events: (typeof created)[]) => folding(gigs, created, ...events).into(id)
    expect(now(published)).toMatchObject({ status: 'PUBLISHED', revision: 1, updatedAt: tuesday })
    expect(now(published, paused)).toMatchObject({ status: 'PAUSED', revision: 2 })
    expect(now(published, happened('GigDeleted'))).toBeUndefined()
  })
})

describe.each([gigs, searchGigs])('a gig of a suspended seller in $name', (projection) => {
  const now = (...events: (typeof created)[]) => folding(projection, created, ...events).into(id)

  test('is paused until the seller is back', () => {
    expect(now(published, suspended)?.status).toBe('PAUSED')
    const back = now(published, suspended, resumed)
    expect(back?.status).toBe('PUBLISHED')
    expect(back).not.toHaveProperty('suspended')
    expect(now(published, paused, suspended, resumed)?.status).toBe('PAUSED')
  })

  test('stays a draft', () => {
    expect(now(suspended)).toEqual(now())
    expect(now(resumed)).toEqual(now())
  })
})

describe('a gig in the search', () => {
  test('has the texts that are searched and the fields of facets', () => {
    const { packages: _, ...searched } = offered
    expect(folding(searchGigs, created).into(id)).toEqual({
      id,
      ...searched,
      tagLines: 'logo\nvector',
      status: 'DRAFT',
      from: { amount: 5_000, currency: 'EUR' },
      deliveryDays: 2,
      rating: { average: 0, count: 0, sum: 0 },
      createdAt: monday,
      updatedAt: monday,
    })
  })

  test('follows changes of texts, tags, packages and status', () => {
    const changed = happened('GigUpdated', {
      sellerId,
      title: 'Two logos',
      tags: ['svg'],
      packages: [pack('basic', 4_000, 9)],
    })
    expect(folding(searchGigs, created, changed, published).into(id)).toMatchObject({
      title: 'Two logos',
      description: 'Drawn by hand',
      tagLines: 'svg',
      from: { amount: 4_000 },
      deliveryDays: 9,
      status: 'PUBLISHED',
      updatedAt: tuesday,
    })
    expect(folding(searchGigs, created, changed).into(id)).not.toHaveProperty('packages')
    expect(folding(searchGigs, created, published, paused).into(id)?.status).toBe('PAUSED')
    expect(folding(searchGigs, created, happened('GigDeleted')).into(id)).toBeUndefined()
  })
})
