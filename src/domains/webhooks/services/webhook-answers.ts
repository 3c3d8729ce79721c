import { Type } from 'typebox'
import { Fields, isRefusal, timeAfter, type CommandOf, type DocumentOf } from '#kernel'
import { webhookDeliveries, webhooks } from '../../../projections/index.ts'
import type { Executed, Origin } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import { invalid, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import {
  allEvents,
  trialPause,
  trialsAfter,
  webhook,
  WebhookId,
  type WebhookState,
} from '../language.ts'
import { subscribableByName } from './published-events.ts'

const { userId: _, since: __, ...shown } = webhooks.document.properties

/** Parameters of the path of a webhook. */
export const WebhookParams = Fields({ id: WebhookId })

const fields = {
  ...shown,
  nextTrialAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'After several failures in a row: when the next single delivery is tried, once one is due',
    }),
  ),
}

/** A webhook, as admins see it; never with its secret. */
export const ShownWebhook = Type.Unsafe<
  Omit<DocumentOf<typeof webhooks>, 'userId' | 'since'> & { readonly nextTrialAt?: string }
>(Fields(fields))

/** Removes what only Agora needs, and adds when an endpoint that fails is tried next. */
export const shownWebhook = ({
  userId: _by,
  since: _since,
  ...document
}: DocumentOf<typeof webhooks>) => {
  const { status, failuresInARow, lastFailureAt } = document
  const isTried =
    status === 'ACTIVE' && failuresInARow >= trialsAfter && lastFailureAt !== undefined
  return {
    ...document,
    ...(isTried && { nextTrialAt: timeAfter(lastFailureAt, trialPause(failuresInARow)) }),
  }
}

/** A delivery, as admins see it. */
export const ShownDelivery = Type.Unsafe<DocumentOf<typeof webhookDeliveries>>(
  webhookDeliveries.document,
)

/** A webhook after a command that changed it. */
export const Changed = Type.Object({
  id: WebhookId,
  status: Type.Enum(['ACTIVE', 'PAUSED', 'DISABLED', 'DELETED']),
})

const statuses = {
  active: 'ACTIVE',
  paused: 'PAUSED',
  disabled: 'DISABLED',
  deleted: 'DELETED',
} as const

/** Returns the answer to a command. @throws Problem 404 when there is no such webhook */
export const changed = (id: WebhookId, { state, position, revision }: Executed<typeof webhook>) => {
  if (state.status === 'none') throw notFound('webhook')
  return { data: { id, status: statuses[state.status] }, position, revision }
}

/** Sends a command to a webhook. @throws Problem */
export const sent = async (
  { executor }: Pick<Ports, 'executor'>,
  id: WebhookId,
  command: CommandOf<typeof webhook>,
  origin: Origin,
): Promise<Executed<typeof webhook>> => {
  const answer = await executor.execute(webhook, id, command, origin)
  if (isRefusal(answer)) throw refusalProblem(webhook, answer)
  return answer
}

/** Returns the state of a webhook. @throws Problem 404 */
export const stateOf = async (
  { executor }: Pick<Ports, 'executor'>,
  id: WebhookId,
): Promise<Extract<WebhookState, { readonly url: string }>> => {
  const { state } = await executor.stateOf(webhook, id)
  if (state.status === 'none' || state.status === 'deleted') throw notFound('webhook')
  return state
}

/** @throws Problem 400 for an endpoint that may not be used, or an event type that is not published */
export const mustBeValid = (
  { url, events }: { readonly url: string; readonly events: readonly string[] },
  { webhooks: endpoints }: Pick<Ports, 'webhooks'>,
): void => {
  const fault = endpoints.faultOf(url)
  if (fault !== undefined) throw invalid('url', fault)
  for (const [place, name] of events.entries())
    if (name !== allEvents && !subscribableByName.has(name))
      throw invalid(
        `events.${place}`,
        'must be the name of a published event, or *; GET /admin/webhooks/events lists them',
      )
}
