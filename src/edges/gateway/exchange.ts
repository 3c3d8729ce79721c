import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher, Pool } from 'undici'
import type { Waiting } from '../../platform/messaging/request-proxy/port.ts'

/** An answer as it came: a short one whole, a long one as it comes. */
export type Answer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer | Readable
}

/** Answers up to so many bytes are waited for, so that one that breaks off can be asked for again. */
const onePiece = 256 * 1024

const nothing = Buffer.alloc(0)

/** A body that is read no faster than somebody takes it, and given up with them. */
const flowing = (controller: Dispatcher.DispatchController): Readable =>
  new Readable({
    read: () => controller.resume(),
    destroy: (error, destroyed) => {
      // Where all has come already, there is nothing left to give up.
      controller.abort(error ?? new Error('Nobody wants the rest'))
      destroyed(error)
    },
  })

/** What is called with an answer, or with why there is none: one of the two, once. */
export type Asking = {
  readonly answered: (answer: Answer) => void
  readonly failed: (error: unknown) => void
}

/** Collects one answer. One object a request: closures for each step would cost more than the rest of it. */
class Collector implements Dispatcher.DispatchHandler {
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #chunks: Buffer[] = []
  #stream: Readable | undefined
  readonly #isHead: boolean
  readonly #waiting: Waiting | undefined
  readonly #asking: Asking

  constructor(isHead: boolean, waiting: Waiting | undefined, asking: Asking) {
    this.#isHead = isHead
    this.#waiting = waiting
    this.#asking = asking
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (!this.#waiting) return
    const giveUp = () => controller.abort(new Error('Nobody waits for the answer any more'))
    if (this.#waiting.isOver) giveUp()
    else this.#waiting.onOver(giveUp)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // Only news on the way to the answer (RFC 9110 §15.2).
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    if (this.#isHead || status === 204 || status === 304) return
    const { 'content-length': length } = headers
    if (length !== undefined && Number(length) <= onePiece) return
    this.#stream = flowing(controller)
    this.#asking.answered({ status, headers, body: this.#stream })
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
    const [first = nothing] = this.#chunks
    const body = this.#chunks.length <= 1 ? first : Buffer.concat(this.#chunks)
    this.#asking.answered({ status: this.#status, headers: this.#headers, body })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#stream) this.#stream.destroy(error)
    else this.#asking.failed(error)
  }
}

/**
 * Sends a request and collects its answer, by undici's dispatcher itself: the streams of the usual way would cost more
 * than all the rest, and so would promises.
 * @param asking called with the answer, or with an error of undici when nothing comes or it breaks off
 * @param waiting gives the answer up when it is over, also one that flows already
 */
export const exchange = (
  pool: Pick<Pool, 'dispatch'>,
  request: Dispatcher.DispatchOptions,
  asking: Asking,
  waiting?: Waiting,
): void => {
  pool.dispatch(request, new Collector(request.method === 'HEAD', waiting, asking))
}
