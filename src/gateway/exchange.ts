import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher, Pool } from 'undici'

/** An answer as it came: a short one whole, a long one as it comes. */
export type Answer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer | Readable
}

/** Answers up to so many bytes are waited for, so that one that breaks off can be asked for again. */
const onePiece = 256 * 1024

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

/**
 * Sends a request and waits for its answer. The streams of the usual way would cost more than all the rest.
 * @param signal gives the answer up, also one that flows already
 * @throws Error of undici when nothing comes, or breaks off
 */
export const exchange = (
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  signal?: AbortSignal,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    let status = 0
    let headers: IncomingHttpHeaders = {}
    let stream: Readable | undefined
    const chunks: Buffer[] = []

    pool.dispatch(request, {
      onRequestStart: (controller) => {
        const giveUp = () => controller.abort(new Error('Nobody waits for the answer any more'))
        if (signal?.aborted) giveUp()
        else signal?.addEventListener('abort', giveUp, { once: true })
      },
      onResponseStart: (controller, code, all) => {
        // Only news on the way to the answer (RFC 9110 §15.2).
        if (code < 200) return
        status = code
        headers = all
        const { 'content-length': length } = all
        if (request.method === 'HEAD' || code === 204 || code === 304) return
        if (length !== undefined && Number(length) <= onePiece) return
        stream = flowing(controller)
        resolve({ status, headers, body: stream })
      },
      onResponseData: (controller, chunk) => {
        if (!stream) chunks.push(chunk)
        else if (!stream.push(chunk)) controller.pause()
      },
      onResponseEnd: () => {
        if (stream) stream.push(null)
        else
          resolve({
            status,
            headers,
            body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
          })
      },
      onResponseError: (_controller, error) => {
        if (stream) stream.destroy(error)
        else reject(error)
      },
    })
  })
