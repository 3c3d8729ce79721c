import { Type } from 'typebox'
import { Fields } from '#kernel'
import { Code, ShipmentId } from '../../shared/index.ts'
import { shipments } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { canonicalMoment, momentMessage } from '../../../serving/moments.ts'
import { invalid, notFound } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { SenderName, senderIn, verifiedWebhook, webhookOrigin } from '../../../serving/webhooks.ts'
import { shipment } from '../language.ts'
import { report } from '../shipment-messages.ts'
import { reportShipment } from '../services/report-shipment.ts'

const params = Fields({ carrier: SenderName })

/** Finds the shipment of a carrier's number, once the read model has seen all that is recorded. */
const shipmentWith = async (
  readModels: Pick<ReadModels, 'find' | 'reach'>,
  carrier: string,
  tracking: string,
): Promise<ShipmentId | undefined> => {
  const minPosition = await readModels.reach(shipments, 'head')
  const where = { tracking }
  const { documents } = await readModels.find(shipments, { where, limit: 10 }, minPosition)
  return documents.find((one) => one.carrier === carrier)?.id
}

/** Route of the carriers' webhooks. */
export const webhookRoutes = [
  route({
    method: 'POST',
    url: '/shipping/webhooks/:carrier',
    access: 'public',
    operationId: 'reportShipmentByCarrier',
    summary: 'For carriers: what happened to a parcel',
    description:
      'Signed as `X-Webhook-Signature: t=<seconds>,v1=<hex>`: HMAC-SHA-256 of `<seconds>.<raw body>` with `SHIPPING_WEBHOOK_SECRET`, at most five minutes old. Messages may come twice and out of order: a second delivery of the same `id`, and one that is older than what is known, are answered (200) and have no effect; fields beyond these are ignored.',
    params,
    body: Type.Object(
      {
        id: Code(200),
        shipmentId: Type.Optional(ShipmentId),
        tracking: Type.Optional(Code(100)),
        status: report.status,
        occurredAt: Type.Optional(
          Type.String({ format: 'date-time', description: 'Default: the time of the signature' }),
        ),
        note: report.note,
      },
      { description: 'The parcel by `shipmentId`, or by the number in `tracking` alone.' },
    ),
    example: {
      id: 'msg_1',
      shipmentId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11',
      status: 'IN_TRANSIT',
      occurredAt: '2030-01-07T08:00:00Z',
    },
    data: Type.Object({
      received: Type.Literal(true),
      applied: Type.Boolean({ description: 'Whether the message has changed anything' }),
    }),
    problems: [401, 404, 409],
    verify: (asked, ports) => {
      verifiedWebhook(
        ports.config.webhookSecrets?.shipping,
        senderIn(asked.params, 'carrier'),
        asked,
        ports,
      )
    },
    handle: async (asked, ports) => {
      const { params: of, body, origin } = asked
      const { executor, readModels, config } = ports
      const { id, shipmentId, tracking, status, occurredAt, note } = body
      if (shipmentId === undefined && tracking === undefined)
        throw invalid('shipmentId', 'is required, or the number of the parcel in tracking')
      const { carrier } = of
      const signedAt = verifiedWebhook(config.webhookSecrets?.shipping, carrier, asked, ports)
      const happenedAt = canonicalMoment(occurredAt ?? signedAt.toISOString())
      if (happenedAt === undefined) throw invalid('occurredAt', momentMessage)
      const found = shipmentId ?? (await shipmentWith(readModels, carrier, tracking ?? ''))
      if (found === undefined) throw notFound('shipment', 'tracking')
      const { state } = await executor.stateOf(shipment, found)
      // A carrier learns nothing of the parcels of others.
      if (state.status === 'NEW' || (state.status !== 'CANCELLED' && state.carrier !== carrier))
        throw notFound('shipment', 'shipmentId')
      const answer = await reportShipment(
        executor,
        found,
        {
          status,
          happenedAt,
          ...(shipmentId !== undefined && tracking !== undefined && { tracking }),
          ...(note !== undefined && { note }),
        },
        webhookOrigin(origin, 'shipping', carrier, id),
      )
      const applied = !('refused' in answer) && answer.events.length > 0
      const position = 'refused' in answer ? {} : { position: answer.position }
      return { data: { received: true as const, applied }, ...position }
    },
  }),
]
