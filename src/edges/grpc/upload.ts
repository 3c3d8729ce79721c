import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { handleClientStreamingCall } from '@grpc/grpc-js'
import type { AnyRoute } from '../../serving/route.ts'
import { invalid } from '../../serving/problem.ts'
import type { Upload } from '../../serving/upload.ts'
import { pausedTooLong, type FileStreams } from './file-streams.ts'
import { messageOf } from './messages.ts'
import {
  admitted,
  answerMetadata,
  endedEarly,
  failureOf,
  signed,
  successIn,
  type Doors,
} from './twin.ts'

/** A message of an upload: it begins a file, or has some of its bytes. */
type UploadPart = {
  readonly file?: { readonly name?: string }
  readonly chunk?: Uint8Array
}

/**
 * Passes the parts of a call on as they arrive.
 * @param pause maximum time until the next part, in ms
 * @throws Problem 408 when none comes for longer
 */
const withoutPause = async function* (
  call: Readable & AsyncIterable<UploadPart>,
  pause: number,
): AsyncGenerator<UploadPart, void, undefined> {
  const awaited = () => setTimeout(() => call.destroy(pausedTooLong()), pause)
  let timer = awaited()
  try {
    for await (const part of call) {
      // Time that the server takes is none of the client's.
      clearTimeout(timer)
      yield part
      timer = awaited()
    }
  } finally {
    clearTimeout(timer)
  }
}

/** The name of a file in a header (RFC 7578 §4.2, WHATWG HTML § multipart/form-data). */
const quoted = (name: string): string =>
  name.toWellFormed().replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')

/**
 * Encodes the parts of an upload as a form (RFC 7578), as they arrive.
 * @param field name of the field of the files
 * @throws Problem 400 for bytes before the first file, and for a message with neither
 */
const formOf = async function* (
  parts: AsyncIterable<UploadPart>,
  boundary: string,
  { field }: Pick<Upload, 'field'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true
  for await (const { file, chunk } of parts) {
    if (file) {
      const name = quoted(file.name ?? '')
      yield Buffer.from(
        `${isFirst ? '' : '\r\n'}--${boundary}\r\n` +
          `content-disposition: form-data; name="${field}"; filename="${name}"\r\n` +
          'content-type: application/octet-stream\r\n\r\n',
      )
      isFirst = false
    } else if (chunk && !isFirst) yield chunk
    else throw invalid(chunk ? 'chunk' : 'part', 'must follow the file that it is part of')
  }
  yield Buffer.from(isFirst ? `--${boundary}--\r\n` : `\r\n--${boundary}--\r\n`)
}

/**
 * Serves an RPC that streams files to its route, over a connection of this process to itself: the server of HTTP sets the
 * pace, and limits the size and the time of the upload.
 */
export const upload = (
  doors: Doors,
  route: AnyRoute & { readonly upload: Upload },
  { pool, pause, begin }: FileStreams,
): handleClientStreamingCall<UploadPart, object> => {
  const answerOf = messageOf(route)
  const { method } = route
  const url = `${doors.prefix}${route.url}`

  return (call, callback) => {
    let broken: unknown
    const parts = async function* (boundary: string) {
      try {
        yield* formOf(withoutPause(call, pause), boundary, route.upload)
      } catch (error) {
        broken = error
        throw error
      }
    }
    const answered = async (): Promise<void> => {
      const { headers, client } = admitted(doors, call)
      using _stream = begin()
      using early = endedEarly(call)
      const boundary = randomUUID()
      const response = await pool.request({
        method,
        path: url,
        headers: {
          ...signed(doors, headers, { method, url, address: client }),
          'content-type': `multipart/form-data; boundary=${boundary}`,
        },
        body: Readable.from(parts(boundary), { objectMode: false }),
        signal: early.signal,
      })
      const metadata = answerMetadata(headers)
      const { statusCode: status, headers: answerHeaders } = response
      const body = await response.body.text()
      const answer = successIn(doors, { status, headers: answerHeaders, body }, metadata)
      call.sendMetadata(metadata)
      callback(null, answerOf(answer))
    }
    const refuse = (error: unknown): void => {
      // What the client still sends is dropped.
      call.resume()
      if (!call.cancelled) callback(failureOf(doors, broken ?? error))
    }
    answered().catch(refuse)
  }
}
