import { Type } from 'typebox'
import { Fields } from '#kernel'
import { OrderId } from '../../shared/index.ts'
import { readOne } from '../../../runtime/reading.ts'
import { orders, payments } from '../../../projections/index.ts'
import { partialAnswer } from '../../../serving/partial-answer.ts'
import { Fresh, minPositionOf } from '../../../serving/lists.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { OrderHistory, orderHistory } from '../services/order-history.ts'
import { Order, orderState } from '../services/order-answer.ts'
import { mustBeParty } from '../services/parties.ts'
import { route } from '../../../serving/route.ts'

/** Route of an order with its summary, payments and history in one answer. */
export const orderDetails = [
  route({
    method: 'GET',
    url: '/orders/:id/details',
    access: 'user',
    operationId: 'getOrderDetails',
    summary: 'One order with its payments and its history, as far as these are available',
    description:
      'Parts that are not available in time are omitted and named in `meta.partial`; the order itself is always included.',
    params: Fields({ id: OrderId }),
    query: Fresh,
    data: Type.Object({
      order: Order,
      summary: Type.Optional(DocumentFrom(orders)),
      payments: Type.Optional(Type.Array(DocumentFrom(payments))),
      history: Type.Optional(OrderHistory),
    }),
    problems: [404],
    handle: async ({ params: { id }, query, caller }, { executor, readModels, log, catalogue }) => {
      const { position, revision, ...order } = await orderState(executor, id)
      mustBeParty(caller, order)
      const from = minPositionOf(query)
      const { found, partial } = await partialAnswer({
        summary: async () => (await readOne(readModels, orders, id, from)).document,
        payments: async () => {
          const where = { orderId: id }
          const sort = ['createdAt']
          return [...(await readModels.find(payments, { where, sort, limit: 100 }, from)).documents]
        },
        history: () => orderHistory(log, catalogue, id),
      })
      const { summary, payments: paid, history } = found
      return {
        data: {
          order,
          ...(summary && { summary }),
          ...(paid && { payments: paid }),
          ...(history && { history }),
        },
        position,
        revision,
        ...(partial && { partial }),
      }
    },
  }),
]
