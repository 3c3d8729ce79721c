import { expect, test } from 'vitest'
import { metrics } from './metrics.ts'

test('requests to endpoints are counted by outcome, and what waits or was given up is shown', async () => {
  const measured = metrics()
  const standing = { oldest: 4_000 as number | undefined, givenUp: [{ id: 'a', givenUp: 2 }] }
  measured.gaugeWebhooks({
    oldest: async () => standing.oldest,
    givenUp: async () => standing.givenUp,
    now: () => 10_000,
  })
  measured.webhookOutcome('delivered')
  measured.webhookOutcome('failed')
  measured.webhookOutcome('failed')
  const shown = async () => (await measured.text()).text
  const before = await shown()
  expect(before).toContain('agora_webhook_requests_total{outcome="delivered"} 1')
  expect(before).toContain('agora_webhook_requests_total{outcome="failed"} 2')
  expect(before).toContain('agora_webhook_oldest_waiting_seconds 6')
  expect(before).toContain('agora_webhook_given_up{webhook="a"} 2')
  standing.oldest = undefined
  standing.givenUp = []
  const after = await shown()
  expect(after).toContain('agora_webhook_oldest_waiting_seconds 0')
  expect(after).not.toContain('agora_webhook_given_up{')
})
