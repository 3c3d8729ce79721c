import { webhookDeliveries } from '../../../projections/index.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import { delivery, webhook, type WebhookId } from '../language.ts'

/** Number of deliveries that are read and cancelled at once. */
const atOnce = 200

type Deleted = { readonly webhookId: WebhookId; readonly position: string }

/**
 * Cancels the deliveries of a deleted webhook: those that wait for another attempt, and those of which one is under way, as its
 * failure would let them wait. What is requested or retried later finds that the webhook is deleted.
 */
export const cancelDeliveries = job({
  name: 'cancel-deliveries',
  from: [webhook],
  on: {
    WebhookDeleted: ({ id: webhookId, position }): Deleted => ({
      webhookId,
      position: String(position),
    }),
  },
  run: async ({ webhookId, position }: Deleted, origin, { executor, readModels }) => {
    for (let after = ''; ;) {
      const { documents } = await readModels.find(
        webhookDeliveries,
        {
          where: { webhookId, state: { in: ['SENDING', 'WAITING'] }, id: { gt: after } },
          sort: ['id'],
          limit: atOnce,
          counted: false,
        },
        BigInt(position),
      )
      const command = { type: 'CancelDelivery' as const, data: {} }
      await Promise.all(
        documents.map(({ id }) =>
          executor.execute(delivery, id, command, derivedOrigin(origin, id)),
        ),
      )
      const last = documents.at(-1)
      if (!last || documents.length < atOnce) return
      after = last.id
    }
  },
  givenUp: { reportsNothing: 'deliveries of a deleted webhook are not retried' },
})
