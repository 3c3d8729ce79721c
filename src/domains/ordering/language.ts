// Exports of this context for other parts of Agora: its deciders, ids and types.

export { order, OrderItem } from './order.ts'
export { refundedOf } from './went-back.ts'
export { RecordedShipping } from './shipping.ts'
export { Portion, Wanted } from './refund-messages.ts'
export { OrderStatus } from './transitions.ts'
export { gigOrder } from './gig-order.ts'
export { AnyOrderStatus, Party } from './gig-order-status.ts'
export {
  forgottenWords,
  refundedOfGig,
  revisionsLeft,
  type PlacedGigOrder,
} from './gig-order-state.ts'
export { AnyOrderItem, gigItemOf, ItemRef } from './any-order-item.ts'
