import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher, Pool } from 'undici'
import type { Waiting } from '../../platform/messaging/request-proxy/port.ts'

/** An answer of an instance: a short body as a buffer, a long one as a stream. */
export type Answer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer | Readable
}

/** Maximum size of an answer that is buffered, in bytes. A buffered answer that is cut off can be requested again. */
const maxBufferedBytes = 256 * 1024

const emptyBody = Buffer.alloc(0)

/** A body with backpressure; destroying the stream aborts the request. */
const streaming = (controller: Dispatcher.DispatchController): Readable =>
  new Readable({
    read: () => controller.resume(),
    destroy: (error, destroyed) => {
      // Has no effect on a request that is complete.
      controller.abort(error ?? new Error('The reader of the body stopped'))
      destroyed(error)
    },
  })

/** Called with the answer, or with the reason why there is none: one of the two, once. */
export type AnswerListener = {
  readonly answered: (answer: Answer) => void
  readonly failed: (error: unknown) => void
}

/** Collects one answer. One object for each request: closures for each step would cost more than the rest of it. */
class Collector implements Dispatcher.DispatchHandler {
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #chunks: Buffer[] = []
  #stream: Readable | undefined
  readonly #isHead: boolean
  readonly #waiting: Waiting | undefined
  readonly #listener: AnswerListener

  constructor(isHead: boolean, waiting: Waiting | undefined, listener: AnswerListener) {
    this.#isHead = isHead
    this.#waiting = waiting
    this.#listener = listener
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (!this.#waiting) return
    const abort = () => controller.abort(new Error('The client no longer waits for the answer'))
    if (this.#waiting.isOver) abort()
    else this.#waiting.onOver(abort)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // An informational response; the answer follows (RFC 9110 §15.2).
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    if (this.#isHead || status === 204 || status === 304) return
    const { 'content-length': length } = headers
    if (length !== undefined && Number(length) <= maxBufferedBytes) return
    this.#stream = streaming(controller)
    this.#listener.answered({ status, headers, body: this.#stream })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#stream) this.#chunks.push(chunk)
    else if (!this.#stream.push(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    if (this.#stream) {
      this.#stream.push(null)
      return
    }
    const [first = emptyBody] = this.#chunks
    const body = this.#chunks.length <= 1 ? first : Buffer.concat(this.#chunks)
    this.#listener.answered({ status: this.#status, headers: this.#headers, body })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#stream) this.#stream.destroy(error)
    else this.#listener.failed(error)
  }
}

/**
 * Sends a request and collects its answer. Calls undici's dispatcher directly: the streams and promises of `request`
 * would cost more than all the rest.
 * @param listener called with the answer, or with undici's error when there is none or it is cut off
 * @param waiting aborts the request once its client no longer waits, also while the answer is streamed
 */
export const exchange = (
  pool: Pick<Pool, 'dispatch'>,
  request: Dispatcher.DispatchOptions,
  listener: AnswerListener,
  waiting?: Waiting,
): void => {
  pool.dispatch(request, new Collector(request.method === 'HEAD', waiting, listener))
}
