import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { orders } from '../../../projections/index.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { workflow } from '../../../serving/workflow.ts'
import { order } from '../language.ts'

/** Number of orders that are read and cancelled at once. */
const atOnce = 100

/**
 * Cancels the orders of products that are unpaid after so long, as the timer of each does by itself (`ORDER_TIMEOUT`): those
 * whose timer was lost or whose saga is parked, or earlier ones if an admin wants it. Each order decides: one that was paid
 * meanwhile refuses. The saga of the order compensates, and tells the buyer.
 */
export const orderExpiry = workflow({
  name: 'order-expiry',
  about: 'Cancels the orders of products that are unpaid for so long; the paid ones refuse.',
  payload: Fields({ unpaidForMinutes: Type.Integer({ minimum: 1, maximum: 366 * 24 * 60 }) }),
  example: { unpaidForMinutes: 60 },
  run: async ({ payload: { unpaidForMinutes }, origin, signal }, ports) => {
    const until = new Date(ports.clock().getTime() - unpaidForMinutes * 60_000).toISOString()
    let [cancelled, refused] = [0, 0]
    for (const status of ['PENDING', 'STOCK_RESERVED']) {
      const due = { where: { status, createdAt: { lte: until } }, sort: ['createdAt'] }
      for (let after: { value: string; key: string } | undefined; ;) {
        signal.throwIfAborted()
        const page = { ...due, limit: atOnce, counted: false, ...(after && { after }) }
        const { documents } = await ports.readModels.find(orders, page)
        const answers = await Promise.all(
          documents
            // Only gigs have sellers; their orders have timers and rules of their own.
            .filter(({ sellerId }) => sellerId === undefined)
            .map(({ id }) =>
              ports.executor.execute(
                order,
                id,
                { type: 'CancelOrder', data: { reason: 'payment_timeout' } },
                derivedOrigin(origin, 'expire', id),
              ),
            ),
        )
        const no = answers.filter(isRefusal).length
        refused += no
        cancelled += answers.length - no
        const last = documents.at(-1)
        if (!last || documents.length < atOnce) break
        after = { value: last.createdAt, key: last.id }
      }
    }
    return { cancelled, refused }
  },
})
