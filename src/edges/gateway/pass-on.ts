import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { internalHeader, type InternalCalls } from '../../platform/security/internal-calls.ts'
import type { Passed, PassedBack, PassOn } from '../../platform/messaging/request-proxy/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { Abandoned, OlderVersion, TooSlow } from './breaker.ts'
import { exchange, type Answer, type AnswerListener } from './exchange.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import type { KnownInstances } from './known-instances.ts'
import { leastPending } from './least-pending.ts'
import {
  defaultTimeouts,
  type ResponseTimeouts,
  type Upstream,
  type Upstreams,
} from './upstreams.ts'

/** Error codes of failures before any part of the request was sent. */
const connectErrors = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
])

/** A draining instance has rejected the request: another instance serves it. */
class Draining extends Error {
  override name = 'Draining'
}

const wasNotSent = (error: unknown): boolean =>
  error instanceof Draining ||
  error instanceof OlderVersion ||
  (error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    connectErrors.has(error.code))

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'UND_ERR_HEADERS_TIMEOUT'

/** Whether undici rejected the request before sending any of it. */
const isUnsendable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG'

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

/**
 * Whether a draining instance has rejected a request. A request that it accepted before draining fails with a problem
 * document; then only reads are retried.
 */
const isRejectedByDraining = (
  method: string,
  status: number,
  { connection, 'content-type': type = '' }: IncomingHttpHeaders,
): boolean => {
  if (status === 503 && connection === 'close') return isSafe(method) || !type.includes('problem')
  return status === 502 && isSafe(method)
}

/** Whether an instance lacks a route of this gateway: it runs an older version, and the request had no effect. */
const lacksRoute = (status: number, body: Buffer | Readable): boolean =>
  Buffer.isBuffer(body) &&
  ((status === 404 && body.includes('"code":"no_such_route"')) ||
    (status === 405 && body.includes('"code":"method_not_allowed"')))

/** Classifies the failure of a call: excused errors do not count against the instance, any other cause is returned as is. */
const classified = (
  cause: unknown,
  {
    isAborted,
    isAnswering,
    isSoon,
  }: { readonly isAborted: boolean; readonly isAnswering: boolean; readonly isSoon: boolean },
): unknown => {
  // The request itself cannot be sent: not a failure of the instance.
  if (isUnsendable(cause)) return new Abandoned('The request cannot be forwarded', { cause })
  // An instance that answered others meanwhile is alive: only this request takes long. Any other instance may hang.
  if ((isAborted || isTimeout(cause)) && isAnswering)
    return new TooSlow('The instance answers others, but not this request', { cause })
  if (isAborted && isSoon)
    return new Abandoned('The client disconnected before an answer was due', { cause })
  return cause
}

/** State shared by all forwarded requests of a context. */
type SharedState = {
  /** Returns the instances that serve a context. */
  readonly of: (context: string) => readonly Upstream[]
  readonly pick: ReturnType<typeof leastPending>
  readonly tokenFor: InternalCalls['tokenFor']
  readonly timeouts: ResponseTimeouts
}

/**
 * One request, forwarded to one instance after another until one answers. Costs one object and no extra promise for
 * each request, as most need one call only.
 */
class Forwarding implements AnswerListener {
  readonly #shared: SharedState
  readonly #context: string
  readonly #passed: Passed
  readonly #resolve: (back: PassedBack) => void
  readonly #reject: (error: unknown) => void
  #mayRepeat: boolean
  #triedIds: Set<string> | undefined
  #cause: unknown
  #upstream: Upstream | undefined
  #isTrial = false
  #answersBefore = 0
  #sentAt = 0

  constructor(
    shared: SharedState,
    context: string,
    passed: Passed,
    resolve: (back: PassedBack) => void,
    reject: (error: unknown) => void,
  ) {
    this.#shared = shared
    this.#context = context
    this.#passed = passed
    this.#resolve = resolve
    this.#reject = reject
    this.#mayRepeat = isSafe(passed.method)
  }

  /** Sends the request to the next instance; rejects it when none is left. */
  next(): void {
    const { of, pick, timeouts } = this.#shared
    const candidates = of(this.#context).filter(
      (one) => this.#triedIds?.has(one.instance.id) !== true && one.breaker.isPassable(),
    )
    const upstream = pick(candidates)
    if (!upstream) {
      const cause = this.#cause
      this.#reject(
        new Unavailable(`No instance serves ${this.#context} now`, cause ? { cause } : {}),
      )
      return
    }
    this.#upstream = upstream
    this.#sentAt = performance.now()
    this.#answersBefore = upstream.answered
    this.#isTrial = upstream.breaker.begin()
    upstream.pending += 1
    // The shorter timeout applies only where another instance is left.
    const wait = this.#mayRepeat && candidates.length > 1 ? timeouts.read : timeouts.other
    try {
      this.#send(upstream, wait)
    } catch (error) {
      this.failed(error)
    }
  }

  #send(upstream: Upstream, headersTimeout: number): void {
    const { method, url, body, waiting } = this.#passed
    exchange(
      upstream.pool,
      {
        method: method as Dispatcher.HttpMethod,
        path: url,
        headers: this.#headersFor(upstream),
        body: body ?? null,
        headersTimeout,
      },
      this,
      waiting,
    )
  }

  #headersFor({ instance }: Upstream): string[] {
    const {
      method,
      url,
      headers,
      body,
      userId = '',
      address,
      protocol,
      correlationId,
      traceparent = headers.traceparent,
    } = this.#passed
    const all = requestHeaders(headers)
    const { 'content-length': length } = headers
    if (body instanceof Readable && length !== undefined) all.push('content-length', length)
    all.push('x-correlation-id', correlationId)
    if (typeof traceparent === 'string') all.push('traceparent', traceparent)
    all.push('x-forwarded-for', address, 'x-forwarded-proto', protocol)
    if (userId !== '') all.push('x-user-id', userId)
    const call = { audience: instance.id, method, url, userId, address }
    all.push(internalHeader, this.#shared.tokenFor(call))
    return all
  }

  /** Whether some of a streamed body was sent, which cannot be sent again. */
  #isUsedUp(): boolean {
    const { body } = this.#passed
    return body instanceof Readable && (body.readableDidRead || body.destroyed)
  }

  answered({ status, headers, body }: Answer): void {
    const upstream = this.#upstream
    if (!upstream) return
    upstream.answered += 1
    const isWhole = Buffer.isBuffer(body)
    if (isRejectedByDraining(this.#passed.method, status, headers)) {
      if (!isWhole) body.destroy()
      return this.failed(new Draining(`The instance is draining: ${status}`))
    }
    if (lacksRoute(status, body))
      return this.failed(new OlderVersion('The instance does not have this route'))
    this.#upstream = undefined
    if (isWhole) upstream.pending -= 1
    else body.once('close', () => void (upstream.pending -= 1))
    upstream.breaker.succeeded(this.#isTrial)
    this.#resolve({ status, headers: answerHeaders(headers), body })
  }

  failed(cause: unknown): void {
    const upstream = this.#upstream
    if (!upstream) return
    this.#upstream = undefined
    upstream.pending -= 1
    const isOver = this.#passed.waiting?.isOver === true
    const error = classified(cause, {
      isAborted: isOver,
      isAnswering: upstream.answered > this.#answersBefore,
      isSoon: performance.now() - this.#sentAt < this.#shared.timeouts.aborted,
    })
    upstream.breaker.failed(this.#isTrial, error)
    this.#cause = error
    this.#triedIds ??= new Set()
    this.#triedIds.add(upstream.instance.id)
    if (isOver) this.#mayRepeat = false
    else if (wasNotSent(error) && !this.#isUsedUp()) return this.next()
    if (!this.#mayRepeat)
      return this.#reject(
        new Unavailable(`The answer of ${this.#context} was cut off`, { cause: error }),
      )
    this.#mayRepeat = false
    this.next()
  }
}

/**
 * Forwards requests to the instance of their context with the fewest pending requests, skipping those with an open
 * breaker. A request that was never sent goes to another instance, and so does one that an older version or a draining
 * instance rejects. A GET or HEAD that was cut off or timed out is retried once. Any other answer is returned as is.
 * @returns the forwarding function; it throws Unavailable when no instance answers
 */
export const passOn = ({
  known,
  upstreams,
  calls: { tokenFor },
  timeouts = defaultTimeouts,
}: {
  readonly known: Pick<KnownInstances, 'of'>
  readonly upstreams: Pick<Upstreams, 'of'>
  readonly calls: Pick<InternalCalls, 'tokenFor'>
  readonly timeouts?: ResponseTimeouts
}): PassOn => {
  const of = (context: string) => upstreams.of(known.of(context))
  /** By context, as the round robin of each is its own. */
  const stateOf = new Map<string, SharedState>()
  return (context, passed) => {
    let state = stateOf.get(context)
    if (!state) {
      state = { of, pick: leastPending(), tokenFor, timeouts }
      stateOf.set(context, state)
    }
    const shared = state
    return new Promise((resolve, reject) =>
      new Forwarding(shared, context, passed, resolve, reject).next(),
    )
  }
}
