import { Type } from 'typebox'
import { derivedId, Fields, isRefusal } from '#kernel'
import { thresholds } from '../../../projections/index.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { MetricName, mostThresholds, threshold, ThresholdId } from '../language.ts'

const { when, value, currency, bucket } = threshold.commands.SetThreshold.properties
const limits = { metric: MetricName, when, value, currency, bucket }

/** Routes of thresholds. */
export const thresholdRoutes = [
  route({
    method: 'POST',
    url: '/analytics/thresholds',
    access: 'analyst',
    operationId: 'setThreshold',
    summary: 'Set a limit of a metric; admins are notified of its breach, once in a bucket',
    description: `An upper limit is compared in the present hour or day (UTC) until it has ended, a lower one in the one before. With a currency, the sum of money is compared, in minor units. At most ${mostThresholds} limits stand.`,
    body: Fields(limits),
    example: { metric: 'payments_failed', when: 'above', value: 20, bucket: 'hour' },
    data: Type.Object({ id: ThresholdId, ...limits }),
    status: 201,
    problems: [409],
    handle: async ({ body, caller, origin }, { executor, readModels, log }) => {
      const id = derivedId(ThresholdId, origin.commandId, 'threshold')
      const { documents } = await readModels.find(
        thresholds,
        { limit: mostThresholds, counted: false },
        await log.head(),
      )
      if (documents.length >= mostThresholds && !documents.some((one) => one.id === id))
        throw new Problem(
          409,
          'too_many_thresholds',
          `There are ${mostThresholds} limits already; remove one that is not needed.`,
        )
      const data = { ...body, createdBy: caller.id }
      const command = { type: 'SetThreshold' as const, data }
      const answer = await executor.execute(threshold, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(threshold, answer)
      const { position } = answer
      return { data: { id, ...body }, position, location: '/analytics/thresholds' }
    },
  }),

  route({
    method: 'GET',
    url: '/analytics/thresholds',
    access: 'analyst',
    operationId: 'listThresholds',
    summary: 'All limits of metrics, with their last breaches',
    query: ListQuery(['createdAt'], {}),
    data: ListOf('thresholds', DocumentFrom(thresholds)),
    handle: async ({ query }, ports) => {
      const { documents, position, info } = await listed(ports, thresholds, query, {})
      return { data: { thresholds: documents, ...info }, position }
    },
  }),

  route({
    method: 'DELETE',
    url: '/analytics/thresholds/:id',
    access: 'analyst',
    operationId: 'removeThreshold',
    summary: 'Remove a limit of a metric',
    params: Fields({ id: ThresholdId }),
    data: Type.Object({ id: ThresholdId, removed: Type.Literal(true) }),
    problems: [404],
    handle: async ({ params: { id }, origin }, { executor }) => {
      const command = { type: 'RemoveThreshold' as const, data: {} }
      const answer = await executor.execute(threshold, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(threshold, answer)
      return { data: { id, removed: true as const }, position: answer.position }
    },
  }),
]
