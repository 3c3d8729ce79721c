import { Type } from 'typebox'
import { Fields, projection } from '#kernel'
import { order } from '../domains/ordering/index.ts'
import { RecordedMoney, OrderId, ProductId, Quantity, Text } from '../domains/shared/index.ts'

/** The lines of all orders, one document a line: what was sold, how often, for how much. */
export const orderItems = projection({
  name: 'order_items',
  version: 2,
  store: 'postgres',
  document: Fields({
    /** `<order>-<line>`, lines counted from 0 */
    id: Type.String(),
    orderId: OrderId,
    productId: ProductId,
    kind: Type.Enum(['product']),
    name: Text(1, 255),
    quantity: Quantity,
    price: RecordedMoney,
  }),
  from: [order],
  key: (event) =>
    event.type === 'OrderPlaced'
      ? event.data.items.map((_, line) => keyOf(event.id, line))
      : undefined,
  indexes: [['orderId'], ['productId']],
}).rules({
  OrderPlaced: (_, { id: orderId, data: { items } }, key) => {
    const item = items[Number(key.slice(key.lastIndexOf('-') + 1))]
    if (!item) return undefined
    const { refId: productId, ...line } = item
    return { id: key, orderId, productId, ...line }
  },
})

const keyOf = (orderId: OrderId, line: number) => `${orderId}-${line}`
