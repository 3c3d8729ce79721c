import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { FastifyBaseLogger } from 'fastify'
import {
  positionHeader,
  type PassedBack,
  type PassOn,
  type Waiting,
} from '../../../platform/messaging/request-proxy/port.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { Served } from '../dependencies.ts'
import { naming } from '../proxy-routes.ts'
import { noteProblem, problemHeaders, problemOf } from '../errors.ts'
import { detailsOf } from '../../../serving/problem-details.ts'
import { type Problem } from '../../../serving/problem.ts'
import type { CountRequest, Quota } from '../protection/limits.ts'
import { noteOverdue, tooSlow, type Guest, type Shedding } from '../protection/shedding.ts'
import type { ClientAddress } from './client-address.ts'

/** What all reads that are passed on share. */
export type Passing = {
  readonly passOn: PassOn
  readonly shedding: Pick<Shedding, 'enter'>
  /** Counts each request; undefined where nothing is limited. */
  readonly count: CountRequest | undefined
  /** The headers of every answer, unless the answer says otherwise. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly logger: FastifyBaseLogger
  readonly observe: (served: Served & { readonly correlationId: string }) => void
  /** Whether the server closes: connections are not kept for later requests then. */
  readonly isClosing: () => boolean
}

/** What is known of a read before it is passed on. */
export type Read = {
  readonly context: string
  /** The route's pattern. */
  readonly route: string
  readonly url: string
  readonly correlationId: string
  readonly caller: Caller | undefined
  readonly client: ClientAddress
}

/** Texts up to so many bytes are sent in one piece with their headers, for one call of the system instead of two. */
const onePiece = 16 * 1024

const noQuota: Quota['headers'] = {}

/**
 * A GET that another process answers, from its arrival until its answer was sent. One object and one listener a request:
 * it is what shedding counts, and what the call waits for.
 */
export class PassedRead implements Waiting, Guest {
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

  constructor(passing: Passing, read: Read, raw: IncomingMessage, response: ServerResponse) {
    this.#passing = passing
    this.#read = read
    this.#raw = raw
    this.#response = response
  }

  /** Counts the request, passes it on, and answers it. */
  start(): void {
    const { shedding, count } = this.#passing
    this.#leave = shedding.enter(this)
    // Also when the client goes away before the answer.
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
    noteOverdue(this.#passing.logger, { method: 'GET', route, correlationId })
    // An answer that flows takes as long as it takes; one that nobody waits for is over already.
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
        waiting: this,
      })
      .then(
        (back) => this.#answer(back),
        (error: unknown) => this.#fail(naming(error, context)),
      )
      .catch((error: unknown) => this.#fail(error))
  }

  /** Whether an answer has begun, or nobody waits for one any more. */
  get #isAnswered(): boolean {
    return this.isOver || this.#response.headersSent || this.#response.destroyed
  }

  #answer({ status, headers, body }: PassedBack): void {
    const response = this.#response
    if (this.#isAnswered) {
      if (!Buffer.isBuffer(body)) body.destroy()
      return
    }
    const sent = this.#headersBeside(headers)
    for (const name in headers) {
      const value = headers[name]
      // Only a gateway is told where an answer is true.
      if (value !== undefined && name !== positionHeader) sent.push(name, value)
    }
    response.writeHead(status, sent)
    if (!Buffer.isBuffer(body))
      // Whatever breaks off, the client sees it by the length or the missing end.
      pipeline(body, response, () => undefined)
    else if (body.length === 0) response.end()
    // A text in Latin-1 is each byte as it is, and goes out in one piece with the headers.
    else if (body.length <= onePiece) response.end(body.toString('latin1'), 'latin1')
    else response.end(body)
  }

  #fail(error: unknown): void {
    const problem = problemOf(error, this.#raw)
    const { route, correlationId } = this.#read
    noteProblem(this.#passing.logger, problem, { correlationId, method: 'GET', route })
    this.#answerProblem(problem)
  }

  #answerProblem(problem: Problem): void {
    if (this.#isAnswered) return
    const body = JSON.stringify(detailsOf(problem, this.#read.correlationId))
    const own = problemHeaders(problem)
    const sent = this.#headersBeside(own)
    for (const [name, value] of Object.entries(own)) sent.push(name, String(value))
    sent.push('content-length', String(Buffer.byteLength(body)))
    this.#response.writeHead(problem.statusCode, sent).end(body)
  }

  /** The headers of every answer, but those that this one has itself. */
  #headersBeside(own: Readonly<Record<string, unknown>>): (string | string[])[] {
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
