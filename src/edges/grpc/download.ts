import type { handleServerStreamingCall } from '@grpc/grpc-js'
import type { AnyRoute, Rpc } from '../../serving/route.ts'
import { pausedTooLong, type FileStreams } from './file-streams.ts'
import { twinRequestOf } from './messages.ts'
import {
  admitted,
  answerMetadata,
  endedEarly,
  failureOf,
  signed,
  successIn,
  type Doors,
} from './twin.ts'

/** A message of a download: it describes the file, or has some of its bytes. */
type DownloadPart = {
  readonly file?: { readonly mime: string; readonly size: number }
  readonly chunk?: Uint8Array
}

/** The part of a call that a stream of answers is written to. */
type Written = {
  readonly write: (message: DownloadPart, taken: () => void) => unknown
}

/**
 * Writes chunks to a call at the pace of its client, one after the other: what a client has not read when the writer gives up
 * stays in its stream until its connection ends, and is one chunk then. A call that has ended takes no more, so that its end
 * wakes the writer as well.
 * @param over aborted when the call has ended
 * @param pause maximum time until the client has taken a chunk, in ms
 * @throws Problem 408 when that takes longer
 */
const writeAll = async (
  call: Written,
  chunks: AsyncIterable<Uint8Array>,
  { over, pause }: { readonly over: AbortSignal; readonly pause: number },
): Promise<void> => {
  let wake = (): void => undefined
  over.addEventListener('abort', () => wake(), { once: true })
  for await (const chunk of chunks) {
    if (over.aborted) return
    const taken = Promise.withResolvers<void>()
    wake = () => taken.resolve()
    const timer = setTimeout(() => taken.reject(pausedTooLong()), pause)
    call.write({ chunk }, wake)
    await taken.promise.finally(() => clearTimeout(timer))
    if (over.aborted) return
  }
}

/** Serves an RPC that streams a file from its route, over a connection of this process to itself. */
export const download = (
  doors: Doors,
  route: AnyRoute,
  rpc: Rpc,
  { pool, pause, begin }: FileStreams,
): handleServerStreamingCall<Readonly<Record<string, unknown>>, DownloadPart> => {
  const requestOf = twinRequestOf(doors.prefix, route, rpc)
  const { method } = route

  return (call) => {
    const answered = async (): Promise<void> => {
      const { headers, client } = admitted(doors, call)
      using _stream = begin()
      const { url } = requestOf(call.request)
      using early = endedEarly(call)
      const { signal } = early
      const response = await pool.request({
        method,
        path: url,
        headers: signed(doors, headers, { method, url, address: client }),
        signal,
      })
      const metadata = answerMetadata(headers)
      const { statusCode: status, headers: answerHeaders, body } = response
      // Throws, as the answer is a problem.
      if (status !== 200)
        successIn(doors, { status, headers: answerHeaders, body: await body.text() }, metadata)
      const { 'content-type': mime = '', 'content-length': size } = answerHeaders
      call.sendMetadata(metadata)
      call.write({ file: { mime: String(mime), size: Number(size) } })
      await writeAll(call, body, { over: signal, pause })
      call.end()
    }
    answered().catch((error: unknown) => {
      if (!call.cancelled) call.emit('error', failureOf(doors, error))
    })
  }
}
