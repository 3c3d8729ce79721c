import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** State of the client that waits for an answer. */
export type Waiting = {
  /** Whether the client has disconnected. */
  readonly isOver: boolean
  /** Sets the listener that is called once when the client disconnects; one at a time, undefined for none. */
  readonly onOver: (listener: (() => void) | undefined) => void
}

/** A request that is forwarded to another process. */
export type Passed = {
  readonly method: string
  /** Path and query, as on the wire. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** A stream can be sent once: the request is not repeated once any of it was read. */
  readonly body: Buffer | Readable | undefined
  /** The user of the token; undefined without a token. */
  readonly userId: string | undefined
  /** Address of the client. */
  readonly address: string
  readonly protocol: string
  readonly correlationId: string
  /** Header of the trace that the request is part of (W3C Trace Context). Default: the one of the client. */
  readonly traceparent?: string | undefined
  /** Given for a request that is aborted when the client disconnects. */
  readonly waiting?: Waiting | undefined
}

/** The answer of the other process. */
export type PassedBack = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer | Readable
}

/** Forwards a request to an instance that serves a context. @throws Unavailable when none answers */
export type PassOn = (context: string, request: Passed) => Promise<PassedBack>

/** Header in which a process sends a gateway the position of the log at which a shared answer was read. */
export const positionHeader = 'x-agora-position'
