import { isRefusal } from '#kernel'
import { orders } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import {
  forEachDocument,
  type Erase,
  type Erasing,
  type ErasingPorts,
} from '../../serving/erase.ts'
import { Channel, notification, notificationIdOf } from '../notifications/language.ts'
import { hasGoneBack, payment, paymentIdOf } from '../payments/language.ts'
import type { NotificationId, OrderId } from '../shared/index.ts'
import { order, type OrderStatus } from './language.ts'
import { releaseFromParty } from './services/leaving-gigs.ts'

/** Type of the notification about an order by its status; it may still be requested after the buyer has left. */
const news: Readonly<Partial<Record<OrderStatus, string>>> = {
  CONFIRMED: 'order_confirmed',
  SHIPPED: 'order_confirmed',
  DELIVERED: 'order_confirmed',
  COMPLETED: 'order_confirmed',
  PARTLY_REFUNDED: 'order_confirmed',
  REFUNDED: 'order_confirmed',
  RETURNED: 'order_confirmed',
  REJECTED: 'order_rejected',
  CANCELLED: 'order_cancelled',
}

/** Releases an order from its buyer. @returns the state of its address's erasure; undefined without an address */
const releaseFromBuyer = async (
  id: OrderId,
  { hastened, origin }: Erasing,
  { executor: { execute, stateOf } }: ErasingPorts,
): Promise<'awaited' | 'forgotten' | undefined> => {
  const command = { type: 'LetBuyerGo' as const, data: {} }
  const answer = await execute(order, id, command, derivedOrigin(origin, id))
  if (isRefusal(answer) || answer.state.status === 'NEW') return undefined
  const { status, addressed, unaddressed, refunds, returns } = answer.state
  const forgetNotification = async (of: NotificationId): Promise<void> => {
    const forget = { type: 'ForgetNotification' as const, data: {} }
    await execute(notification, of, forget, derivedOrigin(origin, of))
  }
  // A saga may be about to request these; forgetting them first prevents that.
  const type = news[status]
  if (type !== undefined)
    for (const channel of Channel.enum)
      await forgetNotification(notificationIdOf(id, type, channel))
  for (const [about, causes] of [
    ['order_refunded', refunds],
    ['return_accepted', returns],
    ['return_declined', returns],
    ['return_received', returns],
  ] as const)
    for (const cause of Object.keys(causes))
      for (const channel of Channel.enum)
        await forgetNotification(notificationIdOf(id, about, channel, cause))
  if (!addressed) return unaddressed && 'forgotten'
  if (!hastened) {
    const { state: paid } = await stateOf(payment, paymentIdOf(id))
    if (!hasGoneBack(paid)) return 'awaited'
  }
  const forget = { type: 'ForgetAddress' as const, data: {} }
  await execute(order, id, forget, derivedOrigin(origin, id, 'address'))
  return 'forgotten'
}

/**
 * Erases the addresses of a person's orders, their words about orders of gigs, and notifications about all of them. Unpaid
 * orders are cancelled; orders of gigs end. The address of a paid order is erased once the order is shipped or refunded;
 * until then the erasure waits.
 */
export const erase: Erase = async (erasing, ports) => {
  let awaited = 0
  let addresses = 0
  let ofGigs = 0
  const { userId } = erasing
  await forEachDocument(ports.readModels, orders, { where: { userId } }, async (document) => {
    const { id, sellerId } = document
    if (sellerId !== undefined) {
      await releaseFromParty(id, 'buyer', erasing, ports)
      ofGigs += 1
      return
    }
    const address = await releaseFromBuyer(id, erasing, ports)
    if (address === 'forgotten') addresses += 1
    if (address === 'awaited') awaited += 1
  })
  const sold = { where: { sellerId: userId } }
  ofGigs += await forEachDocument(ports.readModels, orders, sold, ({ id }) =>
    releaseFromParty(id, 'seller', erasing, ports),
  )
  return { awaited, counts: { addresses, ...(ofGigs > 0 && { ordersOfGigs: ofGigs }) } }
}
