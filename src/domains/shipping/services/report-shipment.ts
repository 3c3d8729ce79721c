import { isRefusal, streamOf, type CommandOf } from '#kernel'
import { order } from '../../ordering/language.ts'
import type { ShipmentId } from '../../shared/index.ts'
import { Conflict } from '../../../platform/storage/event-log/port.ts'
import type { Executed, Executor, Origin } from '../../../runtime/execution.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { shipment } from '../language.ts'

/** A report about a parcel. */
export type Report = Extract<CommandOf<typeof shipment>, { type: 'ReportShipment' }>['data']

/** Refusals of reports that come too late to change anything. */
const tooLate: ReadonlySet<string> = new Set([
  'AlreadyDelivered',
  'AlreadyReturned',
  'AlreadyCancelled',
])

/**
 * Records a report about a parcel. Before its first one the order is shipped, which alone knows whether it is being refunded
 * instead; the saga `delivery` makes the shipment follow, should this end half way.
 * @param options.expectedRevision revision of the shipment (If-Match)
 * @returns undefined when the report comes too late to change anything
 * @throws Problem 404 when there is no such shipment, 409 when the order refuses to be shipped
 * @throws Conflict when the shipment is at another revision
 */
export const reportShipment = async (
  { execute, stateOf }: Pick<Executor, 'execute' | 'stateOf'>,
  id: ShipmentId,
  report: Report,
  origin: Origin,
  { expectedRevision }: { readonly expectedRevision?: number } = {},
): Promise<Executed<typeof shipment> | { readonly refused: string }> => {
  const { state, revision } = await stateOf(shipment, id)
  if (expectedRevision !== undefined && expectedRevision !== revision)
    throw new Conflict(streamOf(shipment, id), expectedRevision, revision)
  if (state.status === 'CREATED') {
    const ship = { type: 'ShipOrder' as const, data: { shipmentId: id } }
    const shipped = await execute(order, state.orderId, ship, derivedOrigin(origin, 'order'))
    if (isRefusal(shipped)) throw refusalProblem(order, shipped)
  }
  const answer = await execute(shipment, id, { type: 'ReportShipment', data: report }, origin)
  if (isRefusal(answer) && !tooLate.has(answer.refused)) throw refusalProblem(shipment, answer)
  return answer
}
