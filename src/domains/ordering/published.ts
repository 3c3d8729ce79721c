import { Type } from 'typebox'
import { Fields, personal, publishing } from '#kernel'
import {
  GigId,
  OrderId,
  PaymentId,
  ProductId,
  Quantity,
  RecordedMoney,
  ShipmentId,
  UserId,
} from '../shared/index.ts'
import { gigOrder } from './gig-order.ts'
import { order } from './order.ts'

const ofOrder = publishing(order)
const ofGigOrder = publishing(gigOrder)

const Text = personal(Type.String())

const ShippingAddress = Fields({
  name: Type.Optional(Text),
  line1: Text,
  line2: Type.Optional(Text),
  city: Text,
  postalCode: Text,
  country: Type.String(),
})

const alone = Fields({ orderId: OrderId })
const reasoned = Fields({ orderId: OrderId, reason: Type.String() })
const sent = Fields({ orderId: OrderId, shipmentId: Type.Optional(ShipmentId) })
const gigTerms = Fields({
  orderId: OrderId,
  userId: UserId,
  sellerId: UserId,
  gigId: GigId,
  price: RecordedMoney,
})

/** Events of this context for other systems. */
export const published = [
  ofOrder('OrderPlaced', {
    names: ['order_created'],
    data: Fields({
      orderId: OrderId,
      userId: UserId,
      items: Type.Array(
        Fields({
          productId: ProductId,
          name: Type.String(),
          quantity: Quantity,
          price: RecordedMoney,
        }),
      ),
      total: RecordedMoney,
      shippingAddress: Type.Optional(ShippingAddress),
    }),
    of: ({ userId, items, total, shippingAddress }, orderId) => ({
      orderId,
      userId,
      items: items.map(({ refId, name, quantity, price }) => ({
        productId: refId,
        name,
        quantity,
        price,
      })),
      total,
      ...(shippingAddress && { shippingAddress }),
    }),
  }),
  ofOrder('OrderPaid', {
    data: Fields({ orderId: OrderId, paymentId: PaymentId }),
    of: ({ paymentId }, orderId) => ({ orderId, paymentId }),
  }),
  ofOrder('OrderConfirmed', { data: alone, of: (_, orderId) => ({ orderId }) }),
  ofOrder('OrderRejected', {
    data: reasoned,
    of: ({ reason }, orderId) => ({ orderId, reason }),
  }),
  ofOrder('OrderCancelled', {
    data: reasoned,
    of: ({ reason }, orderId) => ({ orderId, reason }),
  }),
  ofOrder('OrderShipped', {
    data: sent,
    of: ({ shipmentId }, orderId) => ({ orderId, ...(shipmentId && { shipmentId }) }),
  }),
  ofOrder('OrderDelivered', {
    data: sent,
    of: ({ shipmentId }, orderId) => ({ orderId, ...(shipmentId && { shipmentId }) }),
  }),
  ofOrder('OrderCompleted', { data: alone, of: (_, orderId) => ({ orderId }) }),
  ofGigOrder('GigOrderPlaced', {
    data: gigTerms,
    of: ({ userId, sellerId, gigId, price }, orderId) => ({
      orderId,
      userId,
      sellerId,
      gigId,
      price,
    }),
  }),
  ofGigOrder('GigOrderCompleted', {
    data: gigTerms,
    of: ({ userId, sellerId, gigId, price }, orderId) => ({
      orderId,
      userId,
      sellerId,
      gigId,
      price,
    }),
  }),
]
