import { derivedUuid, isRefusal, type Projection } from '#kernel'
import { session } from '../domains/identity/language.ts'
import {
  notification,
  notificationIdOf,
  welcomeIdOf,
  type Channel,
} from '../domains/notifications/language.ts'
import { order, type OrderStatus } from '../domains/ordering/language.ts'
import { hasGoneBack, payment, paymentIdOf } from '../domains/payments/language.ts'
import { follow } from '../domains/profiles/language.ts'
import type { NotificationId, OrderId, UserId } from '../domains/shared/index.ts'
import type { Query } from '../platform/documents/port.ts'
import type { Executor, Origin } from '../platform/runtime/execution.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { follows, notifications, orders, sessions } from '../projections/index.ts'

/** What there was of somebody, as `UserForgotten` tells it, and how many of their orders are waited for. */
export type Found = {
  readonly awaited: number
  readonly counts: {
    readonly follows: number
    readonly notifications: number
    readonly addresses: number
  }
}

/** So many documents are looked up at once. */
const atOnce = 100

const channels: readonly Channel[] = ['in_app', 'email']

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

/**
 * Has every context forget somebody who has left: whom they followed and who followed them, what they were told, where
 * their orders went and where they signed in. What there is of them is looked up, as no event of theirs names it all.
 *
 * Orders that are not paid are called off. Where one goes that is paid is kept until it is on its way, or the money is
 * given back; `hastened`, nothing is waited for. Every command may be sent again, so that a crash on the way costs
 * nothing but time.
 */
export const forgetEverywhere = (
  readModels: Pick<ReadModels, 'catchUp' | 'find'>,
  { execute, stateOf }: Pick<Executor, 'execute' | 'stateOf'>,
) => {
  /** All documents that match, as of everything recorded so far. */
  const all = async <D extends { readonly id: string }>(
    projection: Projection<D>,
    query: Omit<Query, 'limit' | 'offset' | 'sort'>,
    each: (document: D) => Promise<void>,
  ): Promise<number> => {
    const minPosition = await readModels.catchUp(projection)
    let count = 0
    for (let after = ''; ;) {
      const where = { ...query.where, id: { gt: after } }
      const { documents } = await readModels.find(
        projection,
        { ...query, where, sort: ['id'], limit: atOnce },
        minPosition,
      )
      await Promise.all(documents.map(each))
      count += documents.length
      if (documents.length < atOnce) return count
      after = documents.at(-1)!.id
    }
  }

  const to = (origin: Origin, ...parts: readonly string[]): Origin => ({
    ...origin,
    commandId: derivedUuid(origin.commandId, ...parts),
  })

  const forgetNotification = async (id: NotificationId, origin: Origin): Promise<void> => {
    await execute(notification, id, { type: 'ForgetNotification', data: {} }, to(origin, id))
  }

  /** Lets the buyer of an order go. @returns what becomes of where it goes, if that was ever known */
  const letGo = async (
    id: OrderId,
    hastened: boolean,
    origin: Origin,
  ): Promise<'awaited' | 'forgotten' | undefined> => {
    const command = { type: 'LetBuyerGo' as const, data: {} }
    const answer = await execute(order, id, command, to(origin, id))
    if (isRefusal(answer) || answer.state.status === 'NEW') return undefined
    const { status, addressed, unaddressed, refunds, returns } = answer.state
    // Who carries the order on may be about to tell: what is forgotten before it is there never will be.
    const type = news[status]
    if (type !== undefined)
      for (const channel of channels)
        await forgetNotification(notificationIdOf(id, type, channel), origin)
    for (const [about, causes] of [
      ['order_refunded', refunds],
      ['return_accepted', returns],
      ['return_declined', returns],
      ['return_received', returns],
    ] as const)
      for (const cause of Object.keys(causes))
        for (const channel of channels)
          await forgetNotification(notificationIdOf(id, about, channel, cause), origin)
    if (!addressed) return unaddressed && 'forgotten'
    if (!hastened) {
      const { state: paid } = await stateOf(payment, paymentIdOf(id))
      if (!hasGoneBack(paid)) return 'awaited'
    }
    const forget = { type: 'ForgetAddress' as const, data: {} }
    await execute(order, id, forget, to(origin, id, 'address'))
    return 'forgotten'
  }

  return async (userId: UserId, hastened: boolean, origin: Origin): Promise<Found> => {
    let awaited = 0
    let addresses = 0
    await all(orders, { where: { userId } }, async ({ id }) => {
      const address = await letGo(id, hastened, origin)
      if (address === 'forgotten') addresses += 1
      if (address === 'awaited') awaited += 1
    })
    const ends = { anyOf: [{ followerId: userId }, { followeeId: userId }] }
    const counts = {
      follows: await all(follows, ends, async ({ id, followerId, followeeId }) => {
        const command = { type: 'UnfollowUser' as const, data: { followerId, followeeId } }
        await execute(follow, id, command, to(origin, id))
      }),
      notifications: await all(notifications, { where: { userId } }, ({ id }) =>
        forgetNotification(id, origin),
      ),
      addresses,
    }
    for (const channel of channels) await forgetNotification(welcomeIdOf(userId, channel), origin)
    await all(sessions, { where: { userId } }, async ({ id }) => {
      await execute(session, id, { type: 'ForgetSession', data: {} }, to(origin, id))
    })
    return { awaited, counts }
  }
}
