import { derivedUuid, timeAt, type DocumentOf } from '#kernel'
import { webhookDeliveries } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { delivery } from '../language.ts'

/** Number of deliveries that are read and removed at once. */
const atOnce = 100
/** Most deliveries that a run removes: others follow a minute later, so that a backlog leaves room for what is sent. */
const mostInARun = 10_000

type Delivery = DocumentOf<typeof webhookDeliveries>

/** The next deliveries that ended before a time, the oldest first. */
const endedBefore = async (
  before: string,
  last: Delivery | undefined,
  { readModels }: Pick<JobPorts, 'readModels'>,
): Promise<readonly Delivery[]> => {
  // The lower bound lets the store begin there: without it, it would pass the removed ones again.
  const from = last?.endedAt === undefined ? {} : { gte: last.endedAt }
  const { documents } = await readModels.find(webhookDeliveries, {
    where: { endedAt: { lt: before, ...from } },
    sort: ['endedAt'],
    ...(last && { after: { value: last.endedAt, key: last.id } }),
    limit: atOnce,
    counted: false,
  })
  return documents
}

/**
 * Once a minute: removes the deliveries that ended longer ago than `WEBHOOK_DELIVERY_TTL`. An event is recorded for each, so
 * that a rebuilt read model does not have them either; the stream decides whether it has ended, and was not replayed since.
 */
export const removeOldDeliveries = chore({
  name: 'remove-old-deliveries',
  every: 60_000,
  run: async (ports) => {
    if (ports.webhookDeliveryTtl === 0) return
    const before = timeAt(ports.clock().getTime() - ports.webhookDeliveryTtl)
    let last: Delivery | undefined
    for (let removed = 0; removed < mostInARun && !ports.stopping.aborted; removed += atOnce) {
      const documents = await endedBefore(before, last, ports)
      await Promise.all(
        documents.map(async ({ id, attempt }) => {
          const commandId = derivedUuid(id, 'remove', String(attempt))
          const origin = { commandId, actorId: 'remove-old-deliveries', correlationId: commandId }
          const command = { type: 'RemoveDelivery' as const, data: { attempt } }
          await ports.executor.execute(delivery, id, command, origin)
        }),
      )
      if (documents.length < atOnce) return
      last = documents.at(-1)
    }
  },
})
