import { Type } from 'typebox'
import { Fields, projection } from '#kernel'
import { order, type Portion } from '../domains/ordering/language.ts'
import { OrderId, ProductId, Quantity, RecordedMoney, Text } from '../domains/shared/index.ts'

const Pieces = Type.Integer({ minimum: 0 })

/** Lines of all orders, one document for each: product, quantity, price, and pieces refunded and returned. */
export const orderItems = projection({
  name: 'order_items',
  version: 2,
  store: 'postgres',
  document: Fields({
    /** `<order>-<line>`, lines counted from 0. */
    id: Type.String(),
    orderId: OrderId,
    productId: ProductId,
    kind: Type.Enum(['product']),
    name: Text(1, 255),
    quantity: Quantity,
    price: RecordedMoney,
    /** Refunded pieces. */
    refunded: Pieces,
    /** Returned pieces. */
    returned: Pieces,
  }),
  from: [order],
  key: (event) => {
    switch (event.type) {
      case 'OrderPlaced':
        return event.data.items.map((_, line) => keyOf(event.id, line))
      case 'OrderRefunded':
      case 'OrderReturnReceived':
        return event.data.lines.map(({ line }) => keyOf(event.id, line))
      default:
        return undefined
    }
  },
  beginsWith: [order],
}).rules({
  OrderPlaced: (_, { id: orderId, data: { items } }, key) => {
    const item = items[lineIn(key)]
    if (!item) return undefined
    const { refId: productId, ...line } = item
    return { id: key, orderId, productId, ...line, refunded: 0, returned: 0 }
  },
  OrderRefunded: (document, { data: { lines } }, key) =>
    document && { ...document, refunded: document.refunded + piecesOf(key, lines) },
  OrderReturnReceived: (document, { data: { lines } }, key) =>
    document && { ...document, returned: document.returned + piecesOf(key, lines) },
})

const keyOf = (orderId: OrderId, line: number) => `${orderId}-${line}`

const lineIn = (key: string): number => Number(key.slice(key.lastIndexOf('-') + 1))

const piecesOf = (key: string, lines: readonly Portion[]): number =>
  lines.find(({ line }) => line === lineIn(key))?.quantity ?? 0
