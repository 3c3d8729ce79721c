import { Type } from 'typebox'
import { Fields } from '#kernel'
import { readOne } from '../../runtime/reading.ts'
import { inventory as stocks, products } from '../../projections/index.ts'
import {
  ask,
  channel,
  Position,
  refusal,
  subscription,
  tell,
  topic,
  unsubscription,
} from '../../serving/channel.ts'
import { ProductId } from '../shared/index.ts'

const ProductRef = Fields({ productId: ProductId })

const counts = { quantity: Type.Integer(), reserved: Type.Integer(), available: Type.Integer() }

/** Counts of a product on sale without stock events. */
const uncounted = { quantity: 0, reserved: 0, available: 0 }

const productRoom = (productId: string): string => `product:${productId}`

const stockChanges = topic({
  projection: stocks,
  server: {
    'stock:changed': tell(
      'The current pieces of a product.',
      Fields({ productId: ProductId, ...counts, position: Position }),
      stocks.reads,
    ),
  },
  concerns: ({ id }, { audience }) => (audience.isIn(productRoom(id)) ? id : undefined),
  tells: ({ changes, position }) =>
    changes.map(({ document: { productId, quantity, reserved, available } }) => ({
      name: 'stock:changed' as const,
      payload: { productId, quantity, reserved, available, position },
      to: productRoom(productId),
      unlessAnsweredIn: productRoom(productId),
    })),
})

/** `/inventory`: the current pieces of products. */
export const inventoryChannel = channel({
  namespace: '/inventory',
  about: 'The pieces of products, for all signed-in users.',
  topics: [stockChanges],
  client: {
    'product:subscribe': subscription(
      ask(
        'Subscribe to the pieces of a product; the answer has the current ones.',
        ProductRef,
        Fields({ ...counts, position: Position }),
      ),
      {
        topic: stockChanges,
        room: ({ productId }) => productRoom(productId),
        mustExist: async ({ productId }, { ports: { readModels } }) => {
          const counted = await readModels.get(stocks, productId)
          if (counted.document) return undefined
          const onSale = await readOne(readModels, products, productId)
          return onSale.document
            ? undefined
            : refusal('no_such_product', 'There is no such product.')
        },
        read: ({ productId }, { ports: { readModels }, minPosition }) =>
          readModels.get(stocks, productId, minPosition),
        answer: ({ document, position }) => {
          const { quantity, reserved, available } = document ?? uncounted
          return { ok: true, available, quantity, reserved, position: String(position) }
        },
      },
    ),
    'product:unsubscribe': unsubscription(
      ask('End the subscription to a product.', ProductRef),
      ({ productId }) => productRoom(productId),
    ),
  },
})
