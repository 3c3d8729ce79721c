import { Type } from 'typebox'
import { Fields } from '#kernel'
import { orders } from '../../../projections/index.ts'
import { workflow } from '../../../serving/workflow.ts'

/**
 * Counts the orders that are unpaid after so long. The timer of each order cancels it (`ORDER_TIMEOUT`); one that is counted here
 * long after that has lost its timer, or its saga is parked.
 */
export const orderExpiry = workflow({
  name: 'order-expiry',
  about:
    'Counts the orders that their timers should have cancelled, as they are unpaid for so long.',
  payload: Fields({ unpaidForMinutes: Type.Integer({ minimum: 1, maximum: 366 * 24 * 60 }) }),
  example: { unpaidForMinutes: 60 },
  run: async ({ payload: { unpaidForMinutes } }, { readModels, clock }) => {
    const until = new Date(clock().getTime() - unpaidForMinutes * 60_000).toISOString()
    const counts = await Promise.all(
      ['PENDING', 'STOCK_RESERVED'].map(async (status) => {
        const where = { status, createdAt: { lte: until } }
        const page = { where, sort: ['createdAt'], limit: 1 }
        const { total, documents } = await readModels.find(orders, page)
        return { total, oldest: documents[0]?.createdAt }
      }),
    )
    const [oldest] = counts.flatMap((one) => one.oldest ?? []).toSorted()
    const overdue = counts.reduce((sum, { total }) => sum + total, 0)
    return { overdue, ...(oldest !== undefined && { oldest }) }
  },
})
