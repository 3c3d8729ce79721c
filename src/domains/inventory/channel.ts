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

/** The counts of a product on sale whose pieces were not counted yet. */
const uncounted = { quantity: 0, reserved: 0, available: 0 }

const productRoom = (productId: string): string => `product:${productId}`

const stockChanges = topic({
  projection: stocks,
  server: {
    'stock:changed': tell(
      'How many pieces of a product there are now.',
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

/** `/inventory`: how many pieces of products there are, live. */
export const inventoryChannel = channel({
  namespace: '/inventory',
  about: 'How many pieces of products there are; for everybody who is signed in.',
  topics: [stockChanges],
  client: {
    'product:subscribe': subscription(
      ask(
        'Hear how many pieces of a product there are from now on, and how many there are now.',
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
      ask('Hear no more of a product that was subscribed to.', ProductRef),
      ({ productId }) => productRoom(productId),
    ),
  },
})
