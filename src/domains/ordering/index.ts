export { order, OrderItem } from './order.ts'
export { OrderStatus } from './transitions.ts'
