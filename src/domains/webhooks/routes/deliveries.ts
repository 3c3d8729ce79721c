import { Type } from 'typebox'
import { derivedId, Fields, isRefusal } from '#kernel'
import { DeliveryStatus, webhookDeliveries } from '../../../projections/index.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { delivery, DeliveryId } from '../language.ts'
import { testEvent } from '../services/test-event.ts'
import { ShownDelivery, stateOf, WebhookParams } from '../services/webhook-answers.ts'

/** Most deliveries that one request replays. */
const mostReplayed = 500

/** Routes of the deliveries of a webhook. */
export const deliveryRoutes = [
  route({
    method: 'GET',
    url: '/admin/webhooks/:id/deliveries',
    access: 'admin',
    operationId: 'listWebhookDeliveries',
    summary: 'Deliveries of a webhook, the latest first, with state, attempts and last answer',
    description:
      'Those that were delivered, given up or cancelled longer ago than `WEBHOOK_DELIVERY_TTL` (30 days) are removed.',
    params: WebhookParams,
    query: ListQuery(['createdAt'], { state: Type.Optional(DeliveryStatus) }),
    data: ListOf('deliveries', ShownDelivery),
    problems: [404],
    handle: async ({ params: { id: webhookId }, query }, ports) => {
      await stateOf(ports, webhookId)
      const conditions = { webhookId, state: query.state }
      const { documents, info, position } = await listed(
        ports,
        webhookDeliveries,
        query,
        conditions,
      )
      return { data: { deliveries: documents, ...info }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/webhooks/:id/test',
    access: 'admin',
    operationId: 'testWebhook',
    summary: `Send an event of the type ${testEvent} to the endpoint, also of a paused webhook`,
    params: WebhookParams,
    data: Type.Object({ deliveryId: DeliveryId, eventId: Type.String() }),
    status: 202,
    problems: [404],
    handle: async ({ params: { id: webhookId }, origin }, ports) => {
      await stateOf(ports, webhookId)
      const eventId = origin.commandId
      const deliveryId = derivedId(DeliveryId, webhookId, eventId)
      const answer = await ports.executor.execute(
        delivery,
        deliveryId,
        { type: 'RequestDelivery', data: { webhookId, eventId, event: testEvent } },
        origin,
      )
      if (isRefusal(answer)) throw refusalProblem(delivery, answer)
      return { data: { deliveryId, eventId }, position: answer.position }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/webhooks/:id/deliveries/:deliveryId/replay',
    access: 'admin',
    operationId: 'replayWebhookDelivery',
    summary: 'Deliver an event once more, with the same id',
    description:
      'A delivery that was removed, as it ended long ago, is not: 404, `no_such_delivery_anymore`.',
    params: Fields({ ...WebhookParams.properties, deliveryId: DeliveryId }),
    data: Type.Object({ deliveryId: DeliveryId }),
    status: 202,
    problems: [404, 409],
    handle: async ({ params: { id, deliveryId }, origin }, { executor }) => {
      const { state } = await executor.stateOf(delivery, deliveryId)
      if (state.status === 'none' || state.webhookId !== id) throw notFound('delivery')
      const command = { type: 'ReplayDelivery' as const, data: {} }
      const answer = await executor.execute(delivery, deliveryId, command, origin)
      if (isRefusal(answer)) throw refusalProblem(delivery, answer)
      return { data: { deliveryId }, position: answer.position }
    },
  }),

  route({
    method: 'POST',
    url: '/admin/webhooks/:id/replay',
    access: 'admin',
    operationId: 'replayFailedDeliveries',
    summary: 'Deliver once more what was given up since a time, the oldest first',
    description: `At most ${mostReplayed} in a request; \`remaining\` says how many there are beyond.`,
    params: WebhookParams,
    body: Fields({ since: Type.String({ format: 'date-time' }) }),
    example: { since: '2030-01-01T00:00:00.000Z' },
    data: Type.Object({ replayed: Type.Integer(), remaining: Type.Integer() }),
    status: 202,
    problems: [404],
    handle: async ({ params: { id: webhookId }, body: { since }, origin }, ports) => {
      const { executor, readModels, log } = ports
      await stateOf(ports, webhookId)
      const { documents, total } = await readModels.find(
        webhookDeliveries,
        {
          where: { webhookId, state: 'FAILED', createdAt: { gte: since } },
          sort: ['createdAt'],
          limit: mostReplayed,
        },
        await log.head(),
      )
      const command = { type: 'ReplayDelivery' as const, data: {} }
      const answers = await Promise.all(
        documents.map(({ id }) =>
          executor.execute(delivery, id, command, derivedOrigin(origin, id)),
        ),
      )
      const replayed = answers.filter((answer) => !isRefusal(answer))
      const position = replayed.reduce((last, one) => {
        const at = 'position' in one ? one.position : undefined
        return at !== undefined && at > last ? at : last
      }, 0n)
      const data = { replayed: replayed.length, remaining: total - documents.length }
      return { data, ...(position > 0n && { position }) }
    },
  }),
]
