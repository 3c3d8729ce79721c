/** A request to the endpoint of a webhook. */
export type WebhookRequest = {
  readonly url: string
  /** Id of the event, the same in every repetition: the header `webhook-id`. */
  readonly id: string
  /** Time of the signature; a wait behind other requests is added. */
  readonly at: Date
  readonly contentType: string
  readonly body: string
  /** Secrets that sign it, `whsec_…`: the present one, and the previous one for a while after a rotation. */
  readonly secrets: readonly string[]
  /** Ends a wait behind other requests to the endpoint: the outcome is `postponed`. */
  readonly stopping?: AbortSignal
}

/**
 * Outcome of a request: `gone` when the endpoint answers 410; `postponed` when none was made, as the endpoint does not answer
 * at present or has too many requests under way for too long.
 */
export type WebhookOutcome =
  | { readonly outcome: 'delivered'; readonly status: number; readonly tookMs: number }
  | {
      readonly outcome: 'failed' | 'gone'
      readonly status?: number
      readonly tookMs: number
      /** A sentence for admins, without words of the endpoint. */
      readonly error: string
      /** Pause that the endpoint asks for, in ms. */
      readonly retryAfterMs?: number
    }
  | { readonly outcome: 'postponed'; readonly forMs: number }

/** Delivers events to endpoints of other systems. */
export type Webhooks = {
  /** Returns why an endpoint may not be used, as far as its URL shows; undefined where it may. */
  readonly faultOf: (url: string) => string | undefined
  /** Makes one request, after those to the same endpoint that came earlier; never rejects for what the endpoint does. */
  readonly deliver: (request: WebhookRequest) => Promise<WebhookOutcome>
}
