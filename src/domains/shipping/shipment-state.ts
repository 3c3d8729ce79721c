import type { Static } from 'typebox'
import type { OrderId, RecordedMoney, UserId } from '../shared/index.ts'
import type { ShipmentStatus } from './shipment-messages.ts'

/** Statuses of parcels that have left the shop. */
export const dispatchedStatuses: ReadonlySet<ShipmentStatus> = new Set([
  'DISPATCHED',
  'IN_TRANSIT',
  'DELIVERED',
  'FAILED',
  'RETURNED',
])

/** A created shipment. */
export type Sent = {
  readonly status: Exclude<ShipmentStatus, 'CANCELLED'>
  readonly orderId: OrderId
  readonly userId: UserId
  readonly carrier: string
  readonly method: string
  readonly cost: Static<typeof RecordedMoney>
  readonly tracking?: string | undefined
  /** Time of what its status says. */
  readonly at?: string
  /** Times of failed attempts at its delivery. */
  readonly failures: readonly string[]
  /** Its buyer has left Agora. */
  readonly left?: true
}

/** State of a shipment. */
export type State = { readonly status: 'NEW' } | { readonly status: 'CANCELLED' } | Sent
