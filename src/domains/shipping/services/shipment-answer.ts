import { Type, type Static } from 'typebox'
import type { StateOf } from '#kernel'
import { OrderId, RecordedMoney, ShipmentId, UserId } from '../../shared/index.ts'
import type { Executed } from '../../../runtime/execution.ts'
import { notFound } from '../../../serving/problem.ts'
import type { Answer } from '../../../serving/route.ts'
import { shipment, ShipmentStatus, trackingOf } from '../language.ts'

/** A shipment after the command that changed it. */
export const Shipment = Type.Object({
  id: ShipmentId,
  orderId: OrderId,
  userId: UserId,
  carrier: Type.String(),
  method: Type.String(),
  cost: RecordedMoney,
  tracking: Type.Optional(Type.String({ description: 'Number of the parcel' })),
  status: ShipmentStatus,
  failures: Type.Integer({ description: 'Number of failed attempts at its delivery' }),
})
type Shipment = Static<typeof Shipment>

const shipmentOf = (id: ShipmentId, state: StateOf<typeof shipment>): Shipment => {
  if (state.status === 'NEW' || state.status === 'CANCELLED') throw notFound('shipment')
  const { status, orderId, userId, carrier, method, cost, failures, left } = state
  const tracking = left ? undefined : (state.tracking ?? trackingOf(id))
  return {
    id,
    orderId,
    userId,
    carrier,
    method,
    cost,
    ...(tracking !== undefined && { tracking }),
    status,
    failures: failures.length,
  }
}

/** Returns the answer to a command, with the changed shipment. */
export const changed = (
  id: ShipmentId,
  { state, position, revision }: Executed<typeof shipment>,
): Answer<Shipment> => ({ data: shipmentOf(id, state), position, revision })
