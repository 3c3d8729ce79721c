import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { product } from '../domains/catalog/language.ts'
import { blobIdOf, media } from '../domains/media/language.ts'
import { MediaId, ProductId, UserId } from '../domains/shared/index.ts'
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
