import { shipments } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import { Channel, notification, notificationIdOf } from '../notifications/language.ts'
import { shipment } from './language.ts'

/** Types of the notifications about deliveries, which a saga may still be about to request. */
const news = ['order_shipped', 'order_delivered', 'order_undelivered']

/**
 * Erases the tracking numbers and the carriers' words of a person's shipments, and notifications about them. Their
 * addresses are those of the orders.
 */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const where = { userId }
  const count = await forEachDocument(readModels, shipments, { where }, async ({ id, orderId }) => {
    await execute(shipment, id, { type: 'ForgetShipment', data: {} }, derivedOrigin(origin, id))
    for (const type of news)
      for (const channel of Channel.enum) {
        const of = notificationIdOf(orderId, type, channel)
        const forget = { type: 'ForgetNotification' as const, data: {} }
        await execute(notification, of, forget, derivedOrigin(origin, of))
      }
  })
  return { awaited: 0, counts: { shipments: count } }
}
