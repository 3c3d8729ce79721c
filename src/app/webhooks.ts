import { webhookDeliveries, webhooks } from '../projections/index.ts'
import { httpWebhooks } from '../platform/external/webhooks/http.ts'
import type { Metrics } from '../platform/observability/metrics/metrics.ts'
import type { ReadModels } from '../runtime/reading.ts'

/** Most webhooks whose deliveries are measured. */
const most = 100

/**
 * Opens the sender of webhooks, and measures how their deliveries go.
 * @param privateHosts hosts that may be private, and be spoken to over plain HTTP
 */
export const openWebhooks = (
  privateHosts: readonly string[],
  {
    readModels,
    metrics,
    clock,
  }: {
    readonly readModels: Pick<ReadModels, 'find'>
    readonly metrics: Pick<Metrics, 'webhookOutcome' | 'gaugeWebhooks'>
    readonly clock: () => Date
  },
) => {
  metrics.gaugeWebhooks({
    oldest: async () => {
      const found = await Promise.all(
        ['SENDING', 'WAITING'].map((state) =>
          readModels.find(webhookDeliveries, {
            where: { state },
            sort: ['createdAt'],
            limit: 1,
            counted: false,
          }),
        ),
      )
      const times = found.flatMap(({ documents }) =>
        documents.map(({ createdAt }) => Date.parse(createdAt)),
      )
      return times.length === 0 ? undefined : Math.min(...times)
    },
    givenUp: async () =>
      (await readModels.find(webhooks, { limit: most, counted: false })).documents,
    now: () => clock().getTime(),
  })
  return httpWebhooks({ privateHosts, onOutcome: metrics.webhookOutcome })
}
