import { describe, test } from 'vitest'
import { given } from '#kernel/testing'
import { product } from './product.ts'

const euros = (amount: number) => ({ amount, currency: 'EUR' })
const details = { name: 'Lamp', description: 'It glows.', category: 'light' }
const lamp = { ...details, price: euros(1999) }
const created = { type: 'ProductCreated' as const, data: lamp }
const deleted = { type: 'ProductDeleted' as const, data: {} }
const update = (data: { name: string; category: string; price: ReturnType<typeof euros> }) => ({
  type: 'UpdateProduct' as const,
  data,
})

describe('a product', () => {
  test('is put on sale', () =>
    given(product).when({ type: 'CreateProduct', data: lamp }).yields(created))

  test('is created once by a repeated command', () =>
    given(product, created).when({ type: 'CreateProduct', data: lamp }).yields())

  test('is not replaced by being created again', () => {
    const other = { ...lamp, price: euros(1) }
    given(product, created).when({ type: 'CreateProduct', data: other }).refuses('AlreadyCreated')
    given(product, created)
      .when({ type: 'CreateProduct', data: { ...lamp, image: 'https://shop.example/lamp.png' } })
      .refuses('AlreadyCreated')
  })

  test('says which picture it no longer has, before the update or the deletion', () => {
    const image = 'https://shop.example/lamp.png'
    const pictured = { type: 'ProductCreated' as const, data: { ...lamp, image } }
    const dropped = { type: 'ProductImageDropped' as const, data: { image } }
    given(product, pictured)
      .when(update(lamp))
      .yields(dropped, { type: 'ProductUpdated', data: details })
    const renamed = { ...details, image, name: 'Desk lamp' }
    given(product, pictured)
      .when({ type: 'UpdateProduct', data: { ...lamp, ...renamed } })
      .yields({ type: 'ProductUpdated', data: renamed })
    given(product, pictured).when({ type: 'DeleteProduct', data: {} }).yields(dropped, deleted)
  })

  test('records changes of price and of description as separate events', () => {
    given(product, created)
      .when(update({ ...lamp, price: euros(2499) }))
      .yields({
        type: 'ProductPriceChanged',
        data: { price: euros(2499), previous: euros(1999) },
      })
    given(product, created)
      .when(update({ ...lamp, name: 'Desk lamp' }))
      .yields({ type: 'ProductUpdated', data: { ...details, name: 'Desk lamp' } })
    given(product, created)
      .when(update({ ...lamp, category: 'office' }))
      .yields({ type: 'ProductUpdated', data: { ...details, category: 'office' } })
  })

  test('may change in both, also in the currency of its price', () => {
    const { description: _, ...short } = details
    given(product, created)
      .when(update({ ...short, price: { amount: 1999, currency: 'USD' } }))
      .yields(
        { type: 'ProductUpdated', data: short },
        {
          type: 'ProductPriceChanged',
          data: { price: { amount: 1999, currency: 'USD' }, previous: euros(1999) },
        },
      )
  })

  test('records a changed weight', () => {
    const weighed = { ...details, weight: 750 }
    given(product, created)
      .when({ type: 'UpdateProduct', data: { ...lamp, weight: 750 } })
      .yields({ type: 'ProductUpdated', data: weighed })
    given(product, created, { type: 'ProductUpdated', data: weighed })
      .when({ type: 'UpdateProduct', data: { ...lamp, weight: 750 } })
      .yields()
  })

  test('records no event when nothing changes', () => {
    const changed = { type: 'ProductUpdated' as const, data: { ...details, name: 'Desk lamp' } }
    given(product, created).when(update(lamp)).yields()
    given(product, created, changed)
      .when(update({ ...lamp, name: 'Desk lamp' }))
      .yields()
  })

  test('has the price of its last change', () => {
    const dearer = {
      type: 'ProductPriceChanged' as const,
      data: { price: euros(2499), previous: euros(1999) },
    }
    given(product, created, dearer)
      .when(update({ ...lamp, price: euros(2499) }))
      .yields()
    given(product, created, dearer)
      .when(update(lamp))
      .yields({ ...dearer, data: { price: euros(1999), previous: euros(2499) } })
  })

  test('is deleted once', () => {
    given(product, created).when({ type: 'DeleteProduct', data: {} }).yields(deleted)
    given(product, created, deleted).when({ type: 'DeleteProduct', data: {} }).yields()
  })

  test('refuses changes when it was deleted or never created', () => {
    given(product).when(update(lamp)).refuses('NoSuchProduct')
    given(product).when({ type: 'DeleteProduct', data: {} }).refuses('NoSuchProduct')
    given(product, created, deleted).when(update(lamp)).refuses('NoSuchProduct')
    given(product, created, deleted)
      .when({ type: 'CreateProduct', data: lamp })
      .refuses('AlreadyCreated')
  })
})
