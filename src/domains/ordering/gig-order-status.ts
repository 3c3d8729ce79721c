import { Type, type Static } from 'typebox'
import { OrderStatus } from './transitions.ts'

/** Status of an order of a gig. */
export const GigOrderStatus = Type.Enum([
  'PENDING',
  'IN_PROGRESS',
  'DELIVERED',
  'IN_REVISION',
  'COMPLETED',
  'CANCELLED',
  'REFUNDED',
  'PARTLY_REFUNDED',
])
export type GigOrderStatus = Static<typeof GigOrderStatus>

/** Status of an order of any kind. */
export const AnyOrderStatus = Type.Enum([...OrderStatus.enum, 'IN_PROGRESS', 'IN_REVISION'])
export type AnyOrderStatus = Static<typeof AnyOrderStatus>

/** A party of an order of a gig. */
export const Party = Type.Enum(['buyer', 'seller'])
export type Party = Static<typeof Party>
