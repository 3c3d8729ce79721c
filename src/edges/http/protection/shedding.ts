import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ArrivalStep } from '../arrival.ts'
import { sendProblem } from '../errors.ts'
import { Problem } from '../../../serving/problem.ts'
import { giveUp, waiters } from './abandoned.ts'
import { connectionLimits } from './connection-limits.ts'
import { standing } from './standing.ts'

/** Limits of a process's load, beyond which it sheds requests. */
export type LoadLimits = {
  /** Maximum number of concurrent requests. */
  readonly requests: number
  /** Maximum delay of the event loop, exceeded several times in a row, in ms. */
  readonly delay: number
  /** Maximum time until an answer, in ms. */
  readonly answer: number
  /** Maximum time until a request has arrived, and of a pause in files, in ms. Default: that of a connection. */
  readonly arrival?: number
}

const defaultArrival = connectionLimits.requestTimeout

/**
 * A process with a thousand concurrent requests is far behind its stores, and one with a second of delay does not recover
 * under more load. Clients rarely wait longer than ten seconds.
 */
export const defaultLoadLimits: LoadLimits = { requests: 1_000, delay: 1_000, answer: 10_000 }

/** Interval between checks of the delay and of overdue answers, in ms. */
const checkEvery = 250

/** Number of refusals per log line, as an overloaded process must not log much. */
const refusalsPerLogLine = 1_000

const overloaded = () =>
  new Problem(503, 'overloaded', 'The server is overloaded; try again in a moment.')

/** Creates the problem for a request whose answer takes too long. */
export const tooSlow = (): Problem =>
  new Problem(
    503,
    'too_slow',
    'The request took too long and was given up; it may still have taken effect. Try again in a moment.',
  )

/** Creates the problem for a request that does not arrive in time. */
const arrivedTooSlowly = (): Problem =>
  new Problem(408, 'request_timeout', 'The request took too long to arrive.')

/** A request in progress, as load shedding tracks it. */
export type TrackedRequest = {
  /** Time of its arrival, or of its last extension, by `performance.now()`. */
  since: number
  /** Whether the client is still sending the request, and fast enough. */
  readonly isArriving: () => boolean
  /** Called when the answer or the rest of the request is overdue, to give it up. */
  readonly overdue: () => void
}

/** Counts requests in progress and sheds those beyond the limits. */
export type Shedding = {
  /** Refuses requests on arrival, or counts them until they are answered. */
  readonly step: ArrivalStep
  /** Whether the next request would be refused. */
  readonly isFull: () => boolean
  /** Counts a request that does not pass through `step`. @returns the function that ends the count, to be called once */
  readonly enter: (guest: TrackedRequest) => () => void
}

/** A request that Fastify serves. */
class FastifyTracked implements TrackedRequest {
  since = performance.now()
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply
  /** Time that a request has to arrive, or an upload to go on, in ms. */
  readonly #timeout: number
  /** When the request began to arrive, or had got further. */
  #progressed = this.since
  #bytesRead = 0
  constructor(request: FastifyRequest, reply: FastifyReply, timeout: number) {
    this.#request = request
    this.#reply = reply
    this.#timeout = timeout
  }
  isArriving(): boolean {
    const { raw, routeOptions } = this.#request
    if (raw.complete !== false) return false
    const now = performance.now()
    const { bytesRead } = raw.socket
    // Files take longer than JSON, but do not pause.
    if (bytesRead > this.#bytesRead && routeOptions.config.upload) this.#progressed = now
    this.#bytesRead = bytesRead
    return now - this.#progressed < this.#timeout
  }
  overdue(): void {
    const { method, routeOptions, id: correlationId, server, raw } = this.#request
    if (raw.complete === false) {
      this.#reply.header('connection', 'close')
      // Node leaves a request that is answered early open, and its reader would wait for the rest.
      this.#reply.raw.once('close', () => raw.destroy())
      if (!this.#reply.sent) giveUp(this.#request, this.#reply, arrivedTooSlowly())
      return
    }
    logOverdue(server.log, { method, route: routeOptions.url, correlationId })
    if (!this.#reply.sent && !this.#reply.raw.headersSent)
      giveUp(this.#request, this.#reply, tooSlow())
  }
}

/** Logs an overdue answer. */
export const logOverdue = (
  log: Pick<FastifyBaseLogger, 'warn'>,
  about: {
    readonly method: string
    readonly route: string | undefined
    readonly correlationId: string
  },
): void => {
  const { statusCode: status, message: reason } = tooSlow()
  log.warn({ reason, ...about, status }, 'An answer took too long')
}

/**
 * Sheds load: beyond the limits, requests are refused at once (503 with `Retry-After`) while those in progress are
 * served; overdue answers are given up. Unlimited routes (probes, metrics) are always admitted. Registered before any
 * step that costs something.
 */
export const shedding = (
  app: FastifyInstance,
  { requests: most, delay, answer, arrival = defaultArrival }: LoadLimits = defaultLoadLimits,
): Shedding => {
  waiters(app)
  type Entry = { readonly guest: TrackedRequest; leave: () => void }
  /** In the order of arrival or last extension. */
  const inProgress = standing<Entry>()
  /** Delays of the event loop at the last checks, in ms. A single delay is no overload, so the minimum counts. */
  let delays: readonly number[] = [0, 0, 0]
  let late = 0
  let checkedAt = performance.now()
  let refused = 0

  const check = (): void => {
    const now = performance.now()
    delays = [...delays.slice(1), now - checkedAt - checkEvery]
    late = Math.min(...delays)
    checkedAt = now
    for (;;) {
      const one = inProgress.first()
      if (!one || now - one.guest.since < answer) return
      one.leave()
      // Slow senders have a timeout of their own, and a streamed answer has none.
      if (one.guest.isArriving()) {
        one.guest.since = now
        one.leave = inProgress.add(one)
      } else one.guest.overdue()
    }
  }
  const timer = setInterval(check, checkEvery).unref()
  app.addHook('onClose', async () => clearInterval(timer))

  /** Number of requests in progress, including overdue ones. */
  let count = 0
  const isFull = () => count >= most || late > delay
  const enter = (guest: TrackedRequest): (() => void) => {
    count += 1
    const one: Entry = { guest, leave: () => undefined }
    one.leave = inProgress.add(one)
    return () => {
      count -= 1
      one.leave()
    }
  }
  const step: ArrivalStep = (request, reply) => {
    if (request.routeOptions.config.rateLimit === false) return undefined
    if (isFull()) {
      if (refused++ % refusalsPerLogLine === 0)
        app.log.warn({ inside: count, late, refused }, 'Requests are shed')
      sendProblem(reply, overloaded(), request.id)
      return 'answered'
    }
    // Also called when the client disconnects before the answer.
    reply.raw.once('close', enter(new FastifyTracked(request, reply, arrival)))
    return undefined
  }
  return { step, isFull, enter }
}
