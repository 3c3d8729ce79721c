import { documentOf, streamOf, type DocumentOf } from '#kernel'
import type { ShipmentId } from '../../shared/index.ts'
import { shipments } from '../../../projections/index.ts'
import type { Ports } from '../../../serving/ports.ts'
import { shipment } from '../language.ts'

/**
 * Reads a shipment, from its own stream while the read model does not have it: right after its order was confirmed.
 * @param minPosition position that the read model must have reached
 * @returns no document when there is no such shipment
 */
export const readShipment = async (
  { readModels, log }: Pick<Ports, 'readModels' | 'log'>,
  id: ShipmentId,
  minPosition: bigint | undefined,
): Promise<{ readonly document?: DocumentOf<typeof shipments>; readonly position: bigint }> => {
  const { document, position } = await readModels.get(shipments, id, minPosition)
  if (document) return { document, position }
  const events = await log.read(streamOf(shipment, id), { limit: 1_000 })
  const folded = documentOf(shipments, events, id)
  const last = events.at(-1)
  return folded && last ? { document: folded, position: last.position } : { position }
}
