import { projection } from '#kernel'
import { gigOrder, order } from '../domains/ordering/language.ts'
import { payment } from '../domains/payments/language.ts'
import { shipment } from '../domains/shipping/language.ts'
import { gigOrderRules } from './gig-order-rules.ts'
import { Order } from './order-document.ts'
import { orderPaymentRules } from './order-payment-rules.ts'
import { orderRules } from './order-rules.ts'
import { orderShipmentRules } from './order-shipment-rules.ts'

/** All orders with lines, status, reason of their end, refunds, returns, payment and shipment; those of gigs with the work. */
export const orders = projection({
  name: 'orders',
  version: 5,
  store: 'postgres',
  within: 1_000,
  document: Order,
  from: [order, gigOrder, payment, shipment],
  key: { field: 'orderId', except: [order] },
  beginsWith: [order, gigOrder],
  indexes: [
    ['userId', 'createdAt'],
    ['sellerId', 'createdAt'],
    ['status', 'createdAt'],
    ['createdAt'],
  ],
}).rules({
  ...orderRules,
  ...gigOrderRules,
  ...orderPaymentRules,
  ...orderShipmentRules,
})
