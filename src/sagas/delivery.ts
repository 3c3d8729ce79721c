import { become, only, rest, saga, send, type Move, type Step } from '#kernel'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { order } from '../domains/ordering/language.ts'
import { shipment, undeliveredReturnOf } from '../domains/shipping/language.ts'
import type { OrderId, ShipmentId, UserId } from '../domains/shared/index.ts'
import { deliveredNews, dispatchedNews, undeliveredNews } from './delivery-wording.ts'
import type { News } from './wording.ts'
import { orderOf } from './order-of.ts'

/** Status that the shop has given to the order by hand, and that its shipment follows. */
type State = null | { readonly status: 'DISPATCHED' | 'DELIVERED' }

/**
 * Carries reports about a parcel to its order, which is delivered with it, or returned and refunded when it comes back; an
 * order that the shop moves by hand takes its shipment along. The buyer is notified.
 *
 * An order is shipped before its parcel is: only the order knows whether it is being refunded.
 */
export const delivery = saga({
  name: 'delivery',
  subject: 'Delivery',
  from: [order, shipment],
  to: [
    only(order, 'DeliverOrder', 'TakeBackParcel'),
    only(shipment, 'ReportShipment'),
    only(notification, 'RequestNotification'),
  ],
  key: orderOf(order),
}).rules<State>({
  initialState: null,

  // No refusal needs a rule: a shipment that is not created yet takes up the order when it is, and an order that is refunded or
  // returned is not delivered any more.
  on: {
    OrderShipped: (state, { data: { shipmentId } }) =>
      shipmentId === undefined ? become(state) : following('DISPATCHED', shipmentId),
    OrderDelivered: (state, { data: { shipmentId } }) =>
      shipmentId === undefined ? become(state) : following('DELIVERED', shipmentId),
    ShipmentCreated: (state, { id }) =>
      state === null ? become(state) : following(state.status, id),

    ShipmentDispatched: (state, { data }) => rest(state, ...tell(data, dispatchedNews)),
    ShipmentDelivered: (state, { data }) =>
      rest(state, send(order, data.orderId, 'DeliverOrder'), ...tell(data, deliveredNews)),
    ShipmentFailed: (state, { data }) =>
      data.attempt === 1 ? rest(state, ...tell(data, undeliveredNews)) : become(state),
    ShipmentReturned: (state, { data: { orderId } }) => {
      const returnId = undeliveredReturnOf(orderId)
      return rest(state, send(order, orderId, 'TakeBackParcel', { returnId }))
    },
  },
})

/** Makes a shipment follow its order. */
const following = (status: 'DISPATCHED' | 'DELIVERED', id: ShipmentId): Move<State> =>
  rest({ status }, send(shipment, id, 'ReportShipment', { status }))

const tell = (
  {
    orderId,
    userId,
    buyerLeft,
  }: { readonly orderId: OrderId; readonly userId: UserId; readonly buyerLeft?: true },
  news: News,
): readonly Step[] =>
  buyerLeft
    ? []
    : (['in_app', 'email'] as const).map((channel) =>
        send(notification, notificationIdOf(orderId, news.type, channel), 'RequestNotification', {
          userId,
          channel,
          orderId,
          ...news,
        }),
      )
