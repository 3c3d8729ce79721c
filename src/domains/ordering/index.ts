export { order, OrderItem } from './order.ts'
export { refundedOf, refundIdOf } from './refund-rules.ts'
export { Portion, Wanted } from './refund-messages.ts'
export { OrderStatus } from './transitions.ts'
