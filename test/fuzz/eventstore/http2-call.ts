import {
  connect,
  constants,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { setTimeout as pause } from 'node:timers/promises'

/** What a client does after its last message. */
export type Ending = 'half-close' | 'cancel' | 'leave open'

/** A call as it is on the wire. */
export type WireCall = {
  readonly path: string
  /** On top of those that every client sends, or in their place. */
  readonly headers?: OutgoingHttpHeaders
  /** Frames, and parts of frames. */
  readonly chunks: readonly Buffer[]
  readonly ending: Ending
  /** Whether the call is cancelled at the first answer: one that lives on without end. */
  readonly isLive?: boolean
  /** Time after which the client cancels the call, in ms. */
  readonly heldMs?: number
  /** Whether the client reads no answer. */
  readonly isUnread?: boolean
  /** Returns what the client sends after an answer. */
  readonly reply?: (answer: Buffer) => Buffer | undefined
}

/** How a call has ended. */
export type Ended = {
  /** Status of gRPC; undefined where there was none. */
  readonly status: number | undefined
  readonly message: string
  readonly http: number | undefined
  /** Answers without their prefixes. */
  readonly answers: readonly Buffer[]
  /** `silent`: nothing was answered in time. */
  readonly how: 'answered' | 'cancelled' | 'reset' | 'silent' | 'disconnected'
}

/** A connection that opens itself again. */
export type Connection = Disposable & {
  /** @param patience time in which the call must end, in ms */
  readonly call: (wire: WireCall, patience?: number) => Promise<Ended>
  /** Opens the session, for what is not a call. */
  readonly session: () => ClientHttp2Session
}

/** Time in which a call must end, in ms. */
const patienceMs = 30_000

/** Most bytes of answers that are looked at. */
const mostBytes = 8 * 2 ** 20

/** Puts the prefix of gRPC before a message. */
export const framed = (message: Uint8Array): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

const answersIn = (bytes: Buffer): readonly Buffer[] => {
  const found: Buffer[] = []
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 5 + bytes.readUInt32BE(at + 1)
    if (end > bytes.length) break
    found.push(bytes.subarray(at + 5, end))
    at = end
  }
  return found
}

/** @param ca certificate of the server; without one, there is no TLS */
export const connection = (port: number, ca?: Buffer): Connection => {
  let open: ClientHttp2Session | undefined
  const session = (): ClientHttp2Session => {
    if (open && !open.closed && !open.destroyed) return open
    open = connect(`${ca ? 'https' : 'http'}://127.0.0.1:${port}`, {
      ...(ca && { ca, servername: 'localhost', checkServerIdentity: () => undefined }),
      maxSendHeaderBlockLength: 2 ** 20,
      maxSessionMemory: 1_000,
    })
    open.on('error', () => undefined)
    return open
  }

  const call: Connection['call'] = async (wire, patience = patienceMs) => {
    const { promise, resolve } = Promise.withResolvers<Ended>()
    const answered = {
      status: undefined as number | undefined,
      message: '',
      http: undefined as number | undefined,
    }
    const parts: Buffer[] = []
    let size = 0
    let hasCancelled = false
    let replied = 0
    const end = (how: Ended['how']) =>
      resolve({ ...answered, how, answers: answersIn(Buffer.concat(parts)) })
    try {
      const stream = session().request({
        ':method': 'POST',
        ':path': wire.path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...wire.headers,
      })
      const read = (headers: IncomingHttpHeaders) => {
        if (headers['grpc-status'] === undefined) return
        answered.status = Number(headers['grpc-status'])
        answered.message = decoded(textOf(headers['grpc-message']))
      }
      const cancel = () => {
        hasCancelled = true
        stream.close(constants.NGHTTP2_CANCEL)
      }
      stream.on('response', (headers) => {
        answered.http = headers[':status']
        read(headers)
      })
      stream.on('trailers', read)
      const take = (bytes: Buffer) => {
        size += bytes.length
        if (size <= mostBytes) parts.push(bytes)
        else cancel()
        if (wire.isLive) cancel()
        if (wire.reply) {
          const all = answersIn(Buffer.concat(parts))
          for (const answer of all.slice(replied)) {
            const reply = wire.reply(answer)
            if (reply && !hasCancelled) stream.write(reply)
          }
          replied = all.length
        }
      }
      if (!wire.isUnread) stream.on('data', take)
      // A call is over with its status, also where this side has not ended.
      stream.on('end', () => {
        if (answered.status !== undefined) stream.close()
      })
      stream.on('error', () => undefined)
      stream.on('close', () => {
        if (answered.status !== undefined) end('answered')
        else if (hasCancelled) end('cancelled')
        else end(stream.rstCode === 0 ? 'disconnected' : 'reset')
      })
      for (const chunk of wire.chunks) stream.write(chunk)
      if (wire.ending === 'half-close') stream.end()
      if (wire.ending === 'cancel') setImmediate(cancel)
      if (wire.heldMs !== undefined) setTimeout(cancel, wire.heldMs)
      const timer = setTimeout(() => {
        end('silent')
        cancel()
      }, patience)
      void promise.then(() => clearTimeout(timer))
    } catch {
      // A header that no client can send.
      end('cancelled')
    }
    return promise
  }
  return {
    call,
    session,
    [Symbol.dispose]: () => open?.destroy(),
  }
}

const textOf = (header: string | string[] | undefined): string =>
  typeof header === 'string' ? header : ''

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Waits until a condition holds. @returns whether it does within so many ms */
export const holdsWithin = async (
  ms: number,
  condition: () => Promise<boolean>,
): Promise<boolean> => {
  const end = performance.now() + ms
  for (;;) {
    if (await condition()) return true
    if (performance.now() > end) return false
    await pause(50)
  }
}
