import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { alerts } from '../../../projections/index.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { alert, AlertId, AlertState } from '../language.ts'

const open = ['raised', 'acknowledged'] as const

/** Routes of alerts. */
export const alertRoutes = [
  route({
    method: 'GET',
    url: '/observability/alerts',
    access: 'admin',
    operationId: 'listAlerts',
    summary: 'Alerts of all processes, the latest change first',
    query: ListQuery(['updatedAt'], {
      state: Type.Optional(
        Type.Enum([...AlertState.enum, 'open'], {
          description: '`open`: raised or acknowledged. Default: all',
        }),
      ),
    }),
    data: ListOf('alerts', DocumentFrom(alerts)),
    handle: async ({ query }, ports) => {
      const { state } = query
      const anyOf = state === 'open' ? open.map((one) => ({ state: one })) : undefined
      const { documents, info, position } = await listed(
        ports,
        alerts,
        query,
        { state: state === 'open' ? undefined : state },
        anyOf && { anyOf },
      )
      return { data: { alerts: documents, ...info }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/observability/alerts/:id/ack',
    access: 'admin',
    operationId: 'acknowledgeAlert',
    summary: 'Acknowledge an alert: somebody takes care of its cause',
    params: Fields({ id: AlertId }),
    data: Type.Object({ id: AlertId, state: Type.Literal('acknowledged') }),
    problems: [404, 409],
    handle: async ({ params: { id }, caller, origin }, { executor }) => {
      const command = { type: 'AcknowledgeAlert' as const, data: { by: caller.id } }
      const answer = await executor.execute(alert, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(alert, answer)
      const { position, revision } = answer
      return { data: { id, state: 'acknowledged' as const }, position, revision }
    },
  }),
]
