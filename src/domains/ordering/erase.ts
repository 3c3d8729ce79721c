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

/** What the buyer of an order that has come so far is told of it, if they were not told before they left. */
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

/** Lets the buyer of an order go. @returns what becomes of where it goes, if that was ever known */
const letGo = async (
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
  // Who carries the order on may be about to tell: what is forgotten before it is there never will be.
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
 * Erases where the orders of a person went, and what they were to be told of them. Orders that are not paid are called
 * off. The address of one that is paid is awaited until it is on its way, or the money is given back.
 */
export const erase: Erase = async (erasing, ports) => {
  let awaited = 0
  let addresses = 0
  const where = { userId: erasing.userId }
  await forEachDocument(ports.readModels, orders, { where }, async ({ id }) => {
    const address = await letGo(id, erasing, ports)
    if (address === 'forgotten') addresses += 1
    if (address === 'awaited') awaited += 1
  })
  return { awaited, counts: { addresses } }
}
