import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { internalHeader, type InternalCalls } from '../platform/internal-calls.ts'
import type { Passed, PassedBack } from '../platform/passing/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { Abandoned, OlderVersion, TooSlow } from './breaker.ts'
import { exchange } from './exchange.ts'
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
  calls,
  patience = usualPatience,
}: {
  readonly known: Pick<KnownInstances, 'of'>
  readonly upstreams: Pick<Upstreams, 'of'>
  readonly calls: Pick<InternalCalls, 'tokenFor'>
  readonly patience?: Patience
}) => {
  /** Of each context, whose turn it is. */
  const turns = new Map<string, ReturnType<typeof leastPending>>()
  const turnOf = (context: string) => {
    const turn = turns.get(context) ?? leastPending()
    turns.set(context, turn)
    return turn
  }

  const headersFor = (
    { instance }: Upstream,
    { method, url, headers, userId = '', address, protocol, correlationId }: Passed,
  ): string[] => {
    const all = requestHeaders(headers)
    all.push('x-correlation-id', correlationId)
    all.push('x-forwarded-for', address, 'x-forwarded-proto', protocol)
    if (userId !== '') all.push('x-user-id', userId)
    all.push(
      internalHeader,
      calls.tokenFor({ audience: instance.id, method, url, userId, address }),
    )
    return all
  }

  const call = async (
    upstream: Upstream,
    passed: Passed,
    headersTimeout: number,
  ): Promise<PassedBack> => {
    const { method, url: path, body: sent, waiting } = passed
    const { breaker, answered: answeredBefore } = upstream
    const asked = performance.now()
    const isTrial = breaker.begin()
    upstream.pending += 1
    const done = () => void (upstream.pending -= 1)
    let isLeft = false
    try {
      const { status, headers, body } = await exchange(
        upstream.pool,
        {
          method: method as Dispatcher.HttpMethod,
          path,
          headers: headersFor(upstream, passed),
          body: sent ?? null,
          headersTimeout,
        },
        waiting,
      )
      upstream.answered += 1
      if (!Buffer.isBuffer(body)) {
        isLeft = true
        body.once('close', done)
      }
      if (isTurnedAway(method, status, headers)) {
        if (!Buffer.isBuffer(body)) body.destroy()
        throw new Leaving(`It is leaving: ${status}`)
      }
      if (lacksRoute(status, body)) throw new OlderVersion('It does not know this route')
      breaker.succeeded(isTrial)
      return { status, headers: answerHeaders(headers), body }
    } catch (cause) {
      const error = explained(cause, {
        isAborted: waiting?.isOver === true,
        isAnswering: upstream.answered > answeredBefore,
        afterMs: performance.now() - asked,
      })
      breaker.failed(isTrial, error)
      throw error
    } finally {
      if (!isLeft) done()
    }
  }

  /** What a failure says of the instance. */
  const explained = (
    cause: unknown,
    {
      isAborted,
      isAnswering,
      afterMs,
    }: { readonly isAborted: boolean; readonly isAnswering: boolean; readonly afterMs: number },
  ): unknown => {
    // The request itself cannot be sent: that says nothing of the instance.
    if (isUnsendable(cause)) return new Abandoned('The request cannot be passed on', { cause })
    // An instance that has answered others meanwhile is there: what was asked takes long. Any other may hang.
    if ((isAborted || isTimeout(cause)) && isAnswering)
      return new TooSlow('It takes long over this one', { cause })
    if (isAborted && afterMs < patience.aborted)
      return new Abandoned('The client went away before an answer was due', { cause })
    return cause
  }

  return async (context: string, passed: Passed): Promise<PassedBack> => {
    let tried: Set<string> | undefined
    const pick = turnOf(context)
    let mayRepeat = isSafe(passed.method)
    let cause: unknown
    for (;;) {
      const left = upstreams
        .of(known.of(context))
        .filter((one) => !tried?.has(one.instance.id) && one.breaker.isPassable())
      const upstream = pick(left)
      if (!upstream)
        throw new Unavailable(`Nobody serves ${context} just now`, cause ? { cause } : {})
      try {
        // Given up early only where another instance is left to be asked.
        const wait = mayRepeat && left.length > 1 ? patience.read : patience.other
        return await call(upstream, passed, wait)
      } catch (error) {
        cause = error
        tried ??= new Set()
        tried.add(upstream.instance.id)
        if (passed.waiting?.isOver) mayRepeat = false
        else if (wasNotSent(error)) continue
        if (!mayRepeat)
          throw new Unavailable(`The answer of ${context} broke off`, { cause: error })
        mayRepeat = false
      }
    }
  }
}
