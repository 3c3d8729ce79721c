import { Type } from 'typebox'
import { Fields, personal, projection } from '#kernel'
import { forgottenWords, gigOrder, order, type Portion } from '../domains/ordering/language.ts'
import {
  GigId,
  OrderId,
  ProductId,
  Quantity,
  RecordedMoney,
  Text,
} from '../domains/shared/index.ts'

const Pieces = Type.Integer({ minimum: 0 })

/** Lines of all orders, one document for each: product or gig, quantity, price, and pieces refunded and returned. */
export const orderItems = projection({
  name: 'order_items',
  version: 3,
  store: 'postgres',
  within: 1_000,
  document: Fields({
    /** `<order>-<line>`, lines counted from 0. */
    id: Type.String(),
    orderId: OrderId,
    productId: Type.Optional(ProductId),
    gigId: Type.Optional(GigId),
    kind: Type.Enum(['product', 'gig']),
    name: Text(1, 255),
    /** Of a gig. */
    package: Type.Optional(personal(Text(1, 100))),
    quantity: Quantity,
    price: RecordedMoney,
    /** Refunded pieces. */
    refunded: Pieces,
    /** Returned pieces. */
    returned: Pieces,
  }),
  from: [order, gigOrder],
  key: (event) => {
    switch (event.type) {
      case 'OrderPlaced':
        return event.data.items.map((_, line) => keyOf(event.id, line))
      case 'OrderRefunded':
      case 'OrderReturnReceived':
        return event.data.lines.map(({ line }) => keyOf(event.id, line))
      case 'GigOrderPlaced':
      case 'GigOrderTermsRecorded':
      case 'GigOrderPartyLeft':
        return keyOf(event.id, 0)
      default:
        return undefined
    }
  },
  beginsWith: [order, gigOrder],
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
  GigOrderPlaced: (_, { id: orderId, data: { gigId, price } }, id) => ({
    id,
    orderId,
    gigId,
    kind: 'gig',
    name: forgottenWords,
    package: forgottenWords,
    quantity: 1,
    price,
    refunded: 0,
    returned: 0,
  }),
  GigOrderTermsRecorded: (document, { data: { title: name, package: ordered } }) =>
    document && { ...document, name, package: ordered },
  GigOrderPartyLeft: (document, { data: { side } }) =>
    side === 'seller' && document
      ? { ...document, name: forgottenWords, package: forgottenWords }
      : document,
})

const keyOf = (orderId: OrderId, line: number) => `${orderId}-${line}`

const lineIn = (key: string): number => Number(key.slice(key.lastIndexOf('-') + 1))

const piecesOf = (key: string, lines: readonly Portion[]): number =>
  lines.find(({ line }) => line === lineIn(key))?.quantity ?? 0
