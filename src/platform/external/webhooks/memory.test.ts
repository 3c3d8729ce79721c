import { webhooksConformance } from './conformance.ts'
import { memoryWebhooks } from './memory.ts'

webhooksConformance('memory', async () => {
  const webhooks = memoryWebhooks()
  const url = 'https://shop.example/hooks'
  return {
    webhooks,
    url,
    arrived: () => webhooks.taken.map(({ id, body }) => ({ id, body })),
    answer: (status) => {
      if (status === 204) webhooks.answers.delete(url)
      else {
        const outcome = status === 410 ? 'gone' : 'failed'
        webhooks.answers.set(url, { outcome, status, tookMs: 1, error: `It answered ${status}` })
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
})
