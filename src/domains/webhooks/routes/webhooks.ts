import { Type } from 'typebox'
import { derivedId, Fields } from '#kernel'
import { webhookDeliveries, webhooks } from '../../../projections/index.ts'
import { readOne } from '../../../runtime/reading.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { Description, EndpointUrl, EventNames, limits, WebhookId } from '../language.ts'
import { subscribable } from '../services/published-events.ts'
import { secretOf } from '../services/secrets.ts'
import {
  Changed,
  changed,
  mustBeValid,
  sent,
  shownWebhook,
  ShownDelivery,
  ShownWebhook,
  stateOf,
  WebhookParams,
} from '../services/webhook-answers.ts'

/** Newest deliveries that a webhook is shown with. */
const recent = 20

const settings = {
  url: EndpointUrl,
  events: EventNames,
  description: Type.Optional(Description),
}
const example = {
  url: 'https://shop.example/hooks/agora',
  events: ['agora.ordering.OrderPlaced.v1'],
  description: 'Orders for the warehouse',
}
const Secret = Type.String({
  description: 'Verifies the signatures; it is shown this once. `whsec_` and 32 bytes in base64',
})

/** @throws Problem 409 when there are as many webhooks as possible, without this one */
const mustHaveRoom = async (
  { readModels, log }: Pick<Ports, 'readModels' | 'log'>,
  id: WebhookId,
): Promise<void> => {
  const query = { limit: limits.webhooks, counted: false }
  const { documents } = await readModels.find(webhooks, query, await log.head())
  if (documents.length >= limits.webhooks && !documents.some((one) => one.id === id))
    throw new Problem(
      409,
      'too_many_webhooks',
      `There are ${limits.webhooks} webhooks already; delete one first.`,
    )
}

const command = (type: 'PauseWebhook' | 'ResumeWebhook' | 'DeleteWebhook') => ({ type, data: {} })

/** Routes of webhooks: subscriptions of other systems to events. */
export const webhookRoutes = [
  route({
    method: 'POST',
    url: '/admin/webhooks',
    access: 'admin',
    operationId: 'subscribeWebhook',
    summary: 'Subscribe an endpoint to event types; the answer has its signing secret',
    description:
      'Events from now on are delivered by POST, as CloudEvents 1.0, signed as Standard Webhooks specifies it; `docs/webhooks.md` is for receivers.',
    body: Fields(settings),
    example,
    data: Type.Object({ id: WebhookId, secret: Secret }),
    status: 201,
    sealed: true,
    problems: [409],
    handle: async ({ body, caller, origin }, ports) => {
      mustBeValid(body, ports)
      const id = derivedId(WebhookId, origin.commandId, 'webhook')
      await mustHaveRoom(ports, id)
      const data = { ...body, by: caller.id }
      const { position, revision } = await sent(
        ports,
        id,
        { type: 'SubscribeWebhook', data },
        origin,
      )
      const secret = secretOf(ports.keys, id, 1)
      return { data: { id, secret }, position, revision, location: `/admin/webhooks/${id}` }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/webhooks',
    access: 'admin',
    operationId: 'listWebhooks',
    summary: 'All webhooks, the latest first',
    query: ListQuery(['createdAt'], {}),
    data: ListOf('webhooks', ShownWebhook),
    handle: async ({ query }, ports) => {
      const { documents, info, position } = await listed(ports, webhooks, query, {})
      return { data: { webhooks: documents.map(shownWebhook), ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/webhooks/events',
    access: 'admin',
    operationId: 'listWebhookEvents',
    summary: 'The event types that webhooks can be subscribed to',
    data: Type.Object({
      events: Type.Array(
        Type.Object({
          name: Type.String(),
          context: Type.String(),
          data: Type.Record(Type.String(), Type.Unknown(), {
            description: 'JSON Schema of `data`; personal fields are left out of deliveries',
          }),
        }),
      ),
    }),
    handle: async () => ({
      data: {
        events: subscribable.map(({ name, context, data }) => ({
          name,
          context,
          data: { ...data },
        })),
      },
    }),
  }),

  route({
    method: 'GET',
    url: '/admin/webhooks/:id',
    access: 'admin',
    operationId: 'getWebhook',
    summary: 'A webhook with its newest deliveries',
    params: WebhookParams,
    query: Fresh,
    data: Type.Object({ webhook: ShownWebhook, deliveries: Type.Array(ShownDelivery) }),
    problems: [404],
    handle: async ({ params: { id }, query }, { readModels }) => {
      const { document, position } = await readOne(readModels, webhooks, id, minPositionOf(query))
      if (!document) throw notFound('webhook')
      const { documents } = await readModels.find(
        webhookDeliveries,
        { where: { webhookId: id }, sort: ['-createdAt'], limit: recent, counted: false },
        position,
      )
      return { data: { webhook: shownWebhook(document), deliveries: [...documents] }, position }
    },
  }),

  route({
    method: 'PUT',
    url: '/admin/webhooks/:id',
    access: 'admin',
    operationId: 'changeWebhook',
    summary: 'Change endpoint, event types and description of a webhook',
    description: 'Deliveries that wait go to the new endpoint. Without a description, it has none.',
    params: WebhookParams,
    body: Fields(settings),
    example,
    data: Changed,
    problems: [404],
    handle: async ({ params: { id }, body, caller, origin }, ports) => {
      mustBeValid(body, ports)
      const data = { ...body, by: caller.id }
      return changed(id, await sent(ports, id, { type: 'ChangeWebhook', data }, origin))
    },
  }),

  route({
    method: 'POST',
    url: '/admin/webhooks/:id/pause',
    access: 'admin',
    operationId: 'pauseWebhook',
    summary: 'Pause a webhook: its deliveries wait until it is resumed',
    params: WebhookParams,
    data: Changed,
    problems: [404],
    handle: async ({ params: { id }, origin }, ports) =>
      changed(id, await sent(ports, id, command('PauseWebhook'), origin)),
  }),

  route({
    method: 'POST',
    url: '/admin/webhooks/:id/resume',
    access: 'admin',
    operationId: 'resumeWebhook',
    summary: 'Resume a webhook that was paused, or disabled as its endpoint was gone',
    params: WebhookParams,
    data: Changed,
    problems: [404],
    handle: async ({ params: { id }, origin }, ports) =>
      changed(id, await sent(ports, id, command('ResumeWebhook'), origin)),
  }),

  route({
    method: 'DELETE',
    url: '/admin/webhooks/:id',
    access: 'admin',
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook; what waits is not delivered',
    params: WebhookParams,
    data: Changed,
    problems: [404],
    handle: async ({ params: { id }, origin }, ports) =>
      changed(id, await sent(ports, id, command('DeleteWebhook'), origin)),
  }),

  route({
    method: 'POST',
    url: '/admin/webhooks/:id/rotate-secret',
    access: 'admin',
    operationId: 'rotateWebhookSecret',
    summary: 'Sign with a new secret; the previous one signs as well for a day',
    params: WebhookParams,
    data: Type.Object({
      id: WebhookId,
      secret: Secret,
      previousSecretUntil: Type.Optional(Type.String({ format: 'date-time' })),
    }),
    sealed: true,
    problems: [404],
    handle: async ({ params: { id }, origin }, ports) => {
      await stateOf(ports, id)
      const { state, position, revision } = await sent(
        ports,
        id,
        { type: 'RotateSecret', data: {} },
        origin,
      )
      if (!('secretVersion' in state)) throw notFound('webhook')
      const { secretVersion, previousUntil } = state
      const secret = secretOf(ports.keys, id, secretVersion)
      const overlap = previousUntil !== undefined && { previousSecretUntil: previousUntil }
      return { data: { id, secret, ...overlap }, position, revision }
    },
  }),
]
