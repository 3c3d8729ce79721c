import type { LookupAddress } from 'node:dns'
import { request as plainRequest, type IncomingMessage } from 'node:http'
import { request as secureRequest } from 'node:https'
import { endpointBreakers } from '../../outbound/endpoint-breakers.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { PrivateAddress, publicLookup } from '../../security/public-lookup.ts'
import { isPublicAddress, mayBePublicUrl } from '../../security/public-url.ts'
import { Unavailable } from '../../unavailable.ts'
import { endpointPlaces } from './places.ts'
import type { WebhookOutcome, WebhookRequest, Webhooks } from './port.ts'
import { signedHeaders } from './signature.ts'

/**
 * Requests to one endpoint at once, in a process, and those that wait behind them: a wait costs memory, a postponement two
 * events. All that wait and four requests to each of 50 endpoints have room in the worker of deliveries.
 */
const placing = { atOnce: 4, mostWaiting: 200, mostWaitingInAll: 400, patienceMs: 60_000 }
/** Pause of a delivery that found no place, in ms. */
const busyMs = 1_000
/** Most bytes that are read of an answer; nothing of it is used. */
const mostAnswer = 64 * 1_024
/** Longest pause that an endpoint may ask for, in ms. */
const longestRetryAfter = 24 * 60 * 60_000

type Made = Exclude<WebhookOutcome, { readonly outcome: 'postponed' }>

/** The pause that `Retry-After` asks for in seconds (RFC 9110, section 10.2.3); the form with a date is ignored. */
const retryAfterOf = ({ headers }: IncomingMessage): { readonly retryAfterMs?: number } => {
  const text = headers['retry-after'] ?? ''
  return /^\d{1,9}$/.test(text)
    ? { retryAfterMs: Math.min(Number(text) * 1_000, longestRetryAfter) }
    : {}
}

const errorOf = (error: unknown): string => {
  if (error instanceof PrivateAddress) return 'The address of the endpoint is not public.'
  if (!(error instanceof Error)) return 'The endpoint did not answer.'
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return 'The endpoint did not answer in time.'
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  return `The endpoint did not answer${code}.`
}

/** Whether an outcome says that the endpoint is away, not that it refuses this event. */
const isAway = (made: Made): boolean =>
  made.outcome === 'failed' &&
  (made.status === undefined || made.status === 429 || made.status >= 500)

/**
 * Delivers webhooks over HTTPS. Admins name the endpoints, so that requests go to public addresses only (checked as they
 * connect), follow no redirect, end in time, and read little of an answer. Each endpoint has a breaker, a limit of requests
 * at once and a bounded queue behind them, so that one that is slow or away does not delay others.
 * @param options.privateHosts hosts that may be private, and be spoken to over plain HTTP at any port
 * @param options.timeoutMs limit of a whole request, in ms; default 15,000
 * @param options.onOutcome called with each outcome, for metrics
 * @param options.resolve returns the addresses of a host; default: by DNS
 */
export const httpWebhooks = ({
  privateHosts = [],
  timeoutMs = policies.webhooks.answerMs,
  onOutcome = () => undefined,
  resolve,
}: {
  readonly privateHosts?: readonly string[]
  readonly timeoutMs?: number
  readonly onOutcome?: (outcome: WebhookOutcome['outcome']) => void
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>
} = {}): Webhooks & { readonly client: OutboundClient } => {
  const breakers = endpointBreakers('The endpoint', policies.webhooks)
  const places = endpointPlaces(placing)
  const isPrivate = (url: string): boolean =>
    URL.canParse(url) && privateHosts.includes(new URL(url).hostname)
  const lookups = {
    public: publicLookup(isPublicAddress, resolve),
    // The operator trusts these hosts, wherever they are.
    private: publicLookup(() => true, resolve),
  }

  const faultOf = (url: string): string | undefined => {
    if (!URL.canParse(url)) return 'must be a URL'
    const { protocol, username, password } = new URL(url)
    if (username !== '' || password !== '') return 'must not contain credentials'
    if (isPrivate(url))
      return protocol === 'https:' || protocol === 'http:' ? undefined : 'must be an HTTP URL'
    return mayBePublicUrl(url)
      ? undefined
      : 'must begin with https:// and name a public host, at its usual port'
  }

  const answerTo = ({ url, body, contentType, id, at, secrets }: WebhookRequest) =>
    new Promise<IncomingMessage>((answered, failed) => {
      const bytes = Buffer.from(body)
      const headers = {
        ...signedHeaders({ id, at, secrets, body }),
        'content-type': contentType,
        'content-length': bytes.length,
        'user-agent': 'Agora-Webhooks/1',
      }
      // The status is the answer; its body is read for a while, so that the endpoint can end it.
      let head: IncomingMessage | undefined
      const received = (response: IncomingMessage): void => {
        head = response
        let read = 0
        const done = () => answered(response)
        response
          .on('data', (chunk: Buffer) => {
            read += chunk.length
            if (read > mostAnswer) response.destroy()
          })
          .on('error', done)
          .on('close', done)
      }
      const signal = AbortSignal.timeout(timeoutMs)
      const lookup = isPrivate(url) ? lookups.private : lookups.public
      const request = url.startsWith('https:') ? secureRequest : plainRequest
      request(url, { method: 'POST', headers, lookup, signal, agent: false }, received)
        .on('error', (error) => (head ? answered(head) : failed(error)))
        .end(bytes)
    })

  const attempt = async (request: WebhookRequest): Promise<Made> => {
    const since = performance.now()
    const took = () => ({ tookMs: Math.round(performance.now() - since) })
    try {
      const response = await answerTo(request)
      const status = response.statusCode ?? 0
      if (status >= 200 && status < 300) return { outcome: 'delivered', status, ...took() }
      if (status === 410)
        return { outcome: 'gone', status, error: 'The endpoint answered 410 Gone.', ...took() }
      const error =
        status >= 300 && status < 400
          ? `The endpoint answered ${status}; redirects are not followed.`
          : `The endpoint answered ${status}.`
      return { outcome: 'failed', status, error, ...took(), ...retryAfterOf(response) }
    } catch (error) {
      return { outcome: 'failed', error: errorOf(error), ...took() }
    }
  }

  const deliver = async (request: WebhookRequest): Promise<WebhookOutcome> => {
    const { url } = request
    const fault = faultOf(url)
    if (fault !== undefined)
      return { outcome: 'failed', tookMs: 0, error: `The URL of the endpoint ${fault}.` }
    const since = performance.now()
    const free = await places.take(url, request.stopping)
    if (!free) return { outcome: 'postponed', forMs: busyMs }
    // Receivers refuse old signatures: the time of a wait counts.
    const at = new Date(request.at.getTime() + Math.round(performance.now() - since))
    let made: Made | undefined
    try {
      return await breakers.attempt(url, async () => {
        made = await attempt({ ...request, at })
        if (isAway(made)) throw new Unavailable('The endpoint is away')
        return made
      })
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      return made ?? { outcome: 'postponed', forMs: policies.webhooks.restMs }
    } finally {
      free()
    }
  }

  return {
    client: {
      name: 'webhooks',
      policy: policies.webhooks,
      // There is no server for all of them: one endpoint that is away is an alert of its webhook.
      status: () => ({ ...breakers.status(), state: 'closed' }),
    },
    faultOf,
    deliver: async (request) => {
      const outcome = await deliver(request)
      onOutcome(outcome.outcome)
      return outcome
    },
  }
}
