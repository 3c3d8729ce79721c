import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { FastifyBaseLogger } from 'fastify'
import {
  positionHeader,
  type PassedBack,
  type PassOn,
  type Waiting,
} from '../../../platform/messaging/request-proxy/port.ts'
import type { Span, Tracer } from '../../../platform/observability/tracing/port.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { Served } from '../dependencies.ts'
import { beginRequest, endRequest } from '../trace-requests.ts'
import { withContextName } from '../proxy-routes.ts'
import { logProblem, problemHeaders, problemOf } from '../errors.ts'
import { detailsOf } from '../../../serving/problem-details.ts'
import { type Problem } from '../../../serving/problem.ts'
import type { CountRequest, Quota } from '../protection/limits.ts'
import { logOverdue, tooSlow, type TrackedRequest, type Shedding } from '../protection/shedding.ts'
import type { ClientAddress } from './client-address.ts'

/** Dependencies shared by all forwarded reads. */
export type Passing = {
  readonly passOn: PassOn
  readonly shedding: Pick<Shedding, 'enter'>
  /** Counts each request for the rate limit; undefined without a limit. */
  readonly count: CountRequest | undefined
  /** Default headers of every answer. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly logger: FastifyBaseLogger
  readonly observe: (served: Served & { readonly correlationId: string }) => void
  /** Traces reads. Default: untraced. */
  readonly tracer?: Tracer | undefined
  /** Whether the server is closing: answers then close their connections. */
  readonly isClosing: () => boolean
}

/** Facts about a read before it is forwarded. */
export type Read = {
  readonly context: string
  /** The route's pattern. */
  readonly route: string
  readonly url: string
  readonly correlationId: string
  readonly caller: Caller | undefined
  readonly client: ClientAddress
}

/** Maximum size of a text that is sent together with its headers, in bytes: one system call instead of two. */
const maxInlineBytes = 16 * 1024

const noQuota: Quota['headers'] = {}

/**
 * A GET that another process answers, from its arrival until its answer is sent. One object and one listener for each
 * request: it is the entry of load shedding, and the cancellation of the call.
 */
export class PassedRead implements Waiting, TrackedRequest {
  since = performance.now()
  isOver = false
  readonly #began = this.since
  readonly #passing: Passing
  readonly #read: Read
  readonly #raw: IncomingMessage
  readonly #response: ServerResponse
  #onOver: (() => void) | undefined
  #leave: (() => void) | undefined
  #quota = noQuota
  #span: Span | undefined

  constructor(passing: Passing, read: Read, raw: IncomingMessage, response: ServerResponse) {
    this.#passing = passing
    this.#read = read
    this.#raw = raw
    this.#response = response
  }

  /** Counts the request, forwards it, and answers it. */
  start(): void {
    const { shedding, count, tracer } = this.#passing
    const { route, correlationId } = this.#read
    const trace = tracer?.sampled(correlationId)
    if (tracer && trace) {
      const { headers } = this.#raw
      this.#span = beginRequest(tracer, trace, { method: 'GET', route, headers })
    }
    this.#leave = shedding.enter(this)
    // Also called when the client disconnects before the answer.
    this.#response.on('close', () => this.#closed())
    if (!count) this.#pass()
    else {
      const { caller, client } = this.#read
      count({ caller, ip: client.ip })
        .then(({ headers, refusal }) => {
          this.#quota = headers
          if (refusal) this.#answerProblem(refusal)
          else this.#pass()
        })
        .catch((error: unknown) => this.#fail(error))
    }
  }

  onOver(listener: (() => void) | undefined): void {
    this.#onOver = listener
  }

  isArriving(): boolean {
    return false
  }

  overdue(): void {
    const { route, correlationId } = this.#read
    logOverdue(this.#passing.logger, { method: 'GET', route, correlationId })
    // A streamed answer has no time limit; without a client the request is over already.
    if (this.#isAnswered) return
    this.#answerProblem(tooSlow())
    this.#end()
  }

  #pass(): void {
    const { context, url, correlationId, caller, client } = this.#read
    if (this.#isAnswered) return
    this.#passing
      .passOn(context, {
        method: 'GET',
        url,
        headers: this.#raw.headers,
        body: undefined,
        userId: caller?.id,
        address: client.ip,
        protocol: client.protocol,
        correlationId,
        traceparent: this.#span?.traceparent,
        waiting: this,
      })
      .then(
        (back) => this.#answer(back),
        (error: unknown) => this.#fail(withContextName(error, context)),
      )
      .catch((error: unknown) => this.#fail(error))
  }

  /** Whether an answer has begun, or the client has disconnected. */
  get #isAnswered(): boolean {
    return this.isOver || this.#response.headersSent || this.#response.destroyed
  }

  #answer({ status, headers, body }: PassedBack): void {
    const response = this.#response
    if (this.#isAnswered) {
      if (!Buffer.isBuffer(body)) body.destroy()
      return
    }
    const sent = this.#defaultHeaders(headers)
    for (const name in headers) {
      const value = headers[name]
      // The position is for gateways only.
      if (value !== undefined && name !== positionHeader) sent.push(name, value)
    }
    response.writeHead(status, sent)
    if (!Buffer.isBuffer(body))
      // When the source breaks off, the client sees a short body or a missing last chunk.
      pipeline(body, response, () => undefined)
    else if (body.length === 0) response.end()
    // Latin-1 maps each byte to itself, and Node sends a short text in one piece with the headers.
    else if (body.length <= maxInlineBytes) response.end(body.toString('latin1'), 'latin1')
    else response.end(body)
  }

  #fail(error: unknown): void {
    // A client that has disconnected gets no answer, which a line of the log would claim.
    if (this.isOver) return
    const problem = problemOf(error, this.#raw)
    const { route, correlationId } = this.#read
    logProblem(this.#passing.logger, problem, { correlationId, method: 'GET', route })
    this.#answerProblem(problem)
  }

  #answerProblem(problem: Problem): void {
    if (this.#isAnswered) return
    const body = JSON.stringify(detailsOf(problem, this.#read.correlationId))
    const own = problemHeaders(problem)
    const sent = this.#defaultHeaders(own)
    for (const [name, value] of Object.entries(own)) sent.push(name, String(value))
    sent.push('content-length', String(Buffer.byteLength(body)))
    this.#response.writeHead(problem.statusCode, sent).end(body)
  }

  /** Default headers of an answer, except those that it sets itself. */
  #defaultHeaders(own: Readonly<Record<string, unknown>>): (string | string[])[] {
    const { headers, isClosing } = this.#passing
    const sent: (string | string[])[] = []
    for (const [name, value] of headers) if (own[name] === undefined) sent.push(name, value)
    if (own['x-correlation-id'] === undefined)
      sent.push('x-correlation-id', this.#read.correlationId)
    for (const name in this.#quota) {
      const value = this.#quota[name]
      if (value !== undefined && own[name] === undefined) sent.push(name, value)
    }
    if (isClosing()) sent.push('connection', 'close')
    return sent
  }

  #closed(): void {
    const { observe } = this.#passing
    this.#leave?.()
    const { headersSent, statusCode } = this.#response
    if (this.#span) endRequest(this.#span, headersSent ? statusCode : undefined)
    if (!this.#response.writableFinished) return this.#end()
    const { route, correlationId } = this.#read
    const { statusCode: status } = this.#response
    observe({
      method: 'GET',
      route,
      status,
      duration: performance.now() - this.#began,
      correlationId,
    })
  }

  #end(): void {
    if (this.isOver) return
    this.isOver = true
    this.#onOver?.()
  }
}
