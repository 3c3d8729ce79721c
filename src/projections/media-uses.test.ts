import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { product } from '../domains/catalog/language.ts'
import { gig } from '../domains/gigs/language.ts'
import { blobIdOf, media } from '../domains/media/language.ts'
import { GigId, MediaId, ProductId, UserId } from '../domains/shared/index.ts'
import { mediaUses } from './media-uses.ts'

const id = derivedId(MediaId, 'picture')
const image = `https://shop.example/api/v1/media/${id}/content`
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']

const uploaded = recorded(
  streamOf(media, id),
  {
    type: 'MediaUploaded',
    data: {
      userId: derivedId(UserId, 'ada'),
      blobId: blobIdOf('hash'),
      kind: 'image',
      mime: 'image/png',
      size: 10,
      checksum: 'abc',
      width: 2,
      height: 3,
    },
  },
  { at: monday },
)
const lamp = derivedId(ProductId, 'lamp')
const happened = (type: string, data: object, of = lamp) =>
  recorded(streamOf(product, of), { type, data }, { at: tuesday })

const details = { name: 'Lamp', category: 'light' }
const created = happened('ProductCreated', {
  ...details,
  image,
  price: { amount: 1, currency: 'EUR' },
})
const renamed = happened('ProductUpdated', { ...details, name: 'Desk lamp', image })
const dropped = happened('ProductImageDropped', { image })

test('a picture is used once by a product that shows it, however often that is updated', () => {
  const used = { uses: 1, publicUses: 1, isPublic: true, productIds: [lamp] }
  const shown = folding(mediaUses, uploaded, created, renamed).into(id)
  expect(shown).toMatchObject(used)
  expect(shown).not.toHaveProperty('unusedSince')
})

test('a picture that a product once had is unused, unless another product shows it', () => {
  const unused = { uses: 0, publicUses: 0, isPublic: false, unusedSince: tuesday }
  const events = [uploaded, created, renamed, dropped] as const
  expect(folding(mediaUses, ...events).into(id)).toMatchObject(unused)
  const other = happened('ProductUpdated', { ...details, image }, derivedId(ProductId, 'torch'))
  expect(folding(mediaUses, ...events, other).into(id)).toMatchObject({ uses: 1, isPublic: true })
})

test('a picture of more products than are named counts as theirs for good', () => {
  const all = Array.from({ length: 60 }, (_, at) => derivedId(ProductId, `product ${at}`))
  const update = { ...details, image }
  const events = [
    uploaded,
    ...all.map((one) => happened('ProductUpdated', update, one)),
    ...all.map((one) => happened('ProductImageDropped', { image }, one)),
  ] as const
  const shown = folding(mediaUses, ...events).into(id)
  expect(shown).toMatchObject({ isPublic: true, productIds: all.slice(0, 50) })
  expect(shown).not.toHaveProperty('unusedSince')
})

const [logo, banner] = [derivedId(GigId, 'logo'), derivedId(GigId, 'banner')]
const ofGig = (type: string, data: object, of = logo) =>
  recorded(streamOf(gig, of), { type, data }, { at: tuesday })
const gigCreated = (of = logo) => {
  const price = { amount: 5_000, currency: 'EUR' }
  const packages = [{ name: 'One', description: 'X', price, deliveryDays: 3, revisions: 1 }]
  const made = { title: 'A', description: 'B', category: 'c', tags: [], packages }
  return ofGig('GigCreated', { ...made, sellerId: derivedId(UserId, 'sam'), mediaIds: [id] }, of)
}

test('a picture names the gigs that show it', () => {
  const both = [uploaded, gigCreated(), gigCreated(banner)] as const
  expect(folding(mediaUses, ...both).into(id)).toMatchObject({ uses: 2, gigIds: [logo, banner] })
  const left = ofGig('GigMediaChanged', { added: [], dropped: [id] })
  expect(folding(mediaUses, ...both, left).into(id)).toMatchObject({ uses: 1, gigIds: [banner] })
})

test('a picture of many gigs names the latest, and counts all', () => {
  const all = Array.from({ length: 60 }, (_, at) => derivedId(GigId, `gig ${at}`))
  const many = [uploaded, ...all.map((one) => gigCreated(one))] as const
  expect(folding(mediaUses, ...many).into(id)).toMatchObject({ uses: 60, gigIds: all.slice(10) })
  const change = { added: [], dropped: [id] }
  const left = all.map((one) => ofGig('GigMediaChanged', change, one))
  expect(folding(mediaUses, ...many, ...left.slice(0, -1)).into(id)).toMatchObject({
    uses: 1,
    gigIds: all.slice(-1),
  })
  expect(folding(mediaUses, ...many, ...left).into(id)).toMatchObject({
    uses: 0,
    unusedSince: tuesday,
  })
})
