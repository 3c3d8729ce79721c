import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { WebhookOutcome } from '../../external/webhooks/port.ts'

/** How deliveries of webhooks go, read at each scrape. */
export type WebhookStanding = {
  /** When the oldest delivery that has not ended was requested, in ms since 1970; undefined without one. */
  readonly oldest: () => Promise<number | undefined>
  /** Deliveries that were given up since the last success, by webhook. */
  readonly givenUp: () => Promise<readonly { readonly id: string; readonly givenUp: number }[]>
  /** Clock in ms since 1970. */
  readonly now: () => number
}

/** Adds the metrics of webhooks to a registry. */
export const webhookMetrics = (registry: Registry) => {
  const registers = [registry]
  const requests = new Counter({
    name: 'agora_webhook_requests_total',
    help: 'Requests to endpoints of webhooks, by outcome; postponed ones were not made',
    labelNames: ['outcome'],
    registers,
  })
  return {
    webhookOutcome: (outcome: WebhookOutcome['outcome']): void => requests.inc({ outcome }),

    /** Adds gauges that read the standing of webhooks at each scrape; values that cannot be read are left out. */
    gaugeWebhooks: ({ oldest, givenUp, now }: WebhookStanding): void => {
      const waiting: Gauge = new Gauge({
        name: 'agora_webhook_oldest_waiting_seconds',
        help: 'Age of the oldest delivery of a webhook that has not ended',
        registers,
        collect: async () => {
          const at = await oldest().catch(() => NaN)
          if (!Number.isNaN(at)) waiting.set(at === undefined ? 0 : (now() - at) / 1_000)
        },
      })
      const lost: Gauge<'webhook'> = new Gauge({
        name: 'agora_webhook_given_up',
        help: 'Deliveries that were given up since the last success of a webhook',
        labelNames: ['webhook'],
        registers,
        collect: async () => {
          const all = await givenUp().catch(() => undefined)
          if (!all) return
          lost.reset()
          for (const one of all) lost.set({ webhook: one.id }, one.givenUp)
        },
      })
    },
  }
}
