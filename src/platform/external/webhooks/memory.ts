import type { WebhookOutcome, WebhookRequest, Webhooks } from './port.ts'

/** Webhooks in memory, for tests, with those that were delivered. */
export type MemoryWebhooks = Webhooks & {
  readonly taken: WebhookRequest[]
  /** Answers of endpoints by URL; others answer 204. */
  readonly answers: Map<string, WebhookOutcome>
}

/** Webhooks in memory. */
export const memoryWebhooks = (): MemoryWebhooks => {
  const taken: WebhookRequest[] = []
  const answers = new Map<string, WebhookOutcome>()
  return {
    taken,
    answers,
    faultOf: (url) =>
      URL.canParse(url) && new URL(url).protocol === 'https:' ? undefined : 'must be a public URL',
    deliver: async (request) => {
      const answer = answers.get(request.url)
      if (answer) return answer
      taken.push(request)
      return { outcome: 'delivered', status: 204, tookMs: 1 }
    },
  }
}
