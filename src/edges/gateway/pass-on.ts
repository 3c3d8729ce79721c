import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { internalHeader, type InternalCalls } from '../../platform/security/internal-calls.ts'
import type { Passed, PassedBack, PassOn } from '../../platform/messaging/request-proxy/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { Abandoned, OlderVersion, TooSlow } from './breaker.ts'
import { exchange, type Answer, type Asking } from './exchange.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import type { KnownInstances } from './known-instances.ts'
import { leastPending } from './least-pending.ts'
import { usualPatience, type Patience, type Upstream, type Upstreams } from './upstreams.ts'

/** What went wrong before a server had heard anything of the request. */
const unsent = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
])

/** An instance is on its way out and has turned the request away: another one serves it. */
class Leaving extends Error {
  override name = 'Leaving'
}

const wasNotSent = (error: unknown): boolean =>
  error instanceof Leaving ||
  error instanceof OlderVersion ||
  (error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    unsent.has(error.code))

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'UND_ERR_HEADERS_TIMEOUT'

/** Whether the client library refused the request before anything of it was sent. */
const isUnsendable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG'

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

/**
 * Whether an instance on its way out has turned a request away. What it took before is answered with a problem, if it
 * fails; then only reads are asked again.
 */
const isTurnedAway = (
  method: string,
  status: number,
  { connection, 'content-type': type = '' }: IncomingHttpHeaders,
): boolean => {
  if (status === 503 && connection === 'close') return isSafe(method) || !type.includes('problem')
  return status === 502 && isSafe(method)
}

/** Whether an instance does not have a route that this gateway has: it is of an older version, and has done nothing. */
const lacksRoute = (status: number, body: Buffer | Readable): boolean =>
  status === 404 && Buffer.isBuffer(body) && body.includes('"code":"no_such_route"')

/** What a failure of a call says of the instance. */
const explained = (
  cause: unknown,
  {
    isAborted,
    isAnswering,
    isSoon,
  }: { readonly isAborted: boolean; readonly isAnswering: boolean; readonly isSoon: boolean },
): unknown => {
  // The request itself cannot be sent: that says nothing of the instance.
  if (isUnsendable(cause)) return new Abandoned('The request cannot be passed on', { cause })
  // An instance that has answered others meanwhile is there: what was asked takes long. Any other may hang.
  if ((isAborted || isTimeout(cause)) && isAnswering)
    return new TooSlow('It takes long over this one', { cause })
  if (isAborted && isSoon)
    return new Abandoned('The client went away before an answer was due', { cause })
  return cause
}

/** What all requests that are passed on share. */
type Means = {
  /** Those that serve a context. */
  readonly of: (context: string) => readonly Upstream[]
  readonly pick: ReturnType<typeof leastPending>
  readonly tokenFor: InternalCalls['tokenFor']
  readonly patience: Patience
}

/**
 * One request on its way through the instances that may answer it. One object and no promise of its own a request, as
 * most need one call only.
 */
class Passage implements Asking {
  readonly #means: Means
  readonly #context: string
  readonly #passed: Passed
  readonly #resolve: (back: PassedBack) => void
  readonly #reject: (error: unknown) => void
  #mayRepeat: boolean
  #tried: Set<string> | undefined
  #cause: unknown
  #upstream: Upstream | undefined
  #isTrial = false
  #answeredBefore = 0
  #asked = 0

  constructor(
    means: Means,
    context: string,
    passed: Passed,
    resolve: (back: PassedBack) => void,
    reject: (error: unknown) => void,
  ) {
    this.#means = means
    this.#context = context
    this.#passed = passed
    this.#resolve = resolve
    this.#reject = reject
    this.#mayRepeat = isSafe(passed.method)
  }

  /** Asks the next instance; gives the request up where there is none. */
  next(): void {
    const { of, pick, patience } = this.#means
    const left = of(this.#context).filter(
      (one) => this.#tried?.has(one.instance.id) !== true && one.breaker.isPassable(),
    )
    const upstream = pick(left)
    if (!upstream) {
      const cause = this.#cause
      this.#reject(
        new Unavailable(`Nobody serves ${this.#context} just now`, cause ? { cause } : {}),
      )
      return
    }
    this.#upstream = upstream
    this.#asked = performance.now()
    this.#answeredBefore = upstream.answered
    this.#isTrial = upstream.breaker.begin()
    upstream.pending += 1
    // Given up early only where another instance is left to be asked.
    const wait = this.#mayRepeat && left.length > 1 ? patience.read : patience.other
    try {
      this.#ask(upstream, wait)
    } catch (error) {
      this.failed(error)
    }
  }

  #ask(upstream: Upstream, headersTimeout: number): void {
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
    const { method, url, headers, userId = '', address, protocol, correlationId } = this.#passed
    const all = requestHeaders(headers)
    all.push('x-correlation-id', correlationId)
    all.push('x-forwarded-for', address, 'x-forwarded-proto', protocol)
    if (userId !== '') all.push('x-user-id', userId)
    const call = { audience: instance.id, method, url, userId, address }
    all.push(internalHeader, this.#means.tokenFor(call))
    return all
  }

  answered({ status, headers, body }: Answer): void {
    const upstream = this.#upstream
    if (!upstream) return
    upstream.answered += 1
    const isWhole = Buffer.isBuffer(body)
    if (isTurnedAway(this.#passed.method, status, headers)) {
      if (!isWhole) body.destroy()
      return this.failed(new Leaving(`It is leaving: ${status}`))
    }
    if (lacksRoute(status, body))
      return this.failed(new OlderVersion('It does not know this route'))
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
    const error = explained(cause, {
      isAborted: isOver,
      isAnswering: upstream.answered > this.#answeredBefore,
      isSoon: performance.now() - this.#asked < this.#means.patience.aborted,
    })
    upstream.breaker.failed(this.#isTrial, error)
    this.#cause = error
    this.#tried ??= new Set()
    this.#tried.add(upstream.instance.id)
    if (isOver) this.#mayRepeat = false
    else if (wasNotSent(error)) return this.next()
    if (!this.#mayRepeat)
      return this.#reject(
        new Unavailable(`The answer of ${this.#context} broke off`, { cause: error }),
      )
    this.#mayRepeat = false
    this.next()
  }
}

/**
 * Passes requests on to whoever serves a context: to the instance that has least to do, and none that has failed to
 * answer lately. What was never sent is sent to another one, and a GET or HEAD that broke off, or that was not answered
 * in time, once more. What an instance of an older version does not know is asked of another one. Everything else that
 * an instance answers is the answer.
 * @returns throws Unavailable when nobody answers
 */
export const passOn = ({
  known,
  upstreams,
  calls: { tokenFor },
  patience = usualPatience,
}: {
  readonly known: Pick<KnownInstances, 'of'>
  readonly upstreams: Pick<Upstreams, 'of'>
  readonly calls: Pick<InternalCalls, 'tokenFor'>
  readonly patience?: Patience
}): PassOn => {
  const of = (context: string) => upstreams.of(known.of(context))
  /** Of each context, as each has turns of its own. */
  const meansOf = new Map<string, Means>()
  return (context, passed) => {
    let means = meansOf.get(context)
    if (!means) {
      means = { of, pick: leastPending(), tokenFor, patience }
      meansOf.set(context, means)
    }
    const shared = means
    return new Promise((resolve, reject) =>
      new Passage(shared, context, passed, resolve, reject).next(),
    )
  }
}
