import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** Whether the client still waits for an answer. */
export type Waiting = {
  /** The client no longer waits. */
  readonly isOver: boolean
  /** Sets what is called once when it is over; one listener at a time, undefined for none. */
  readonly onOver: (listener: (() => void) | undefined) => void
}

/** A request that another process serves. */
export type Passed = {
  readonly method: string
  /** Path and query, as on the wire. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer | undefined
  /** Whom the token is of, if there is one. */
  readonly userId: string | undefined
  /** Where it comes from. */
  readonly address: string
  readonly protocol: string
  readonly correlationId: string
  /** Given where the request is dropped when the client no longer waits for its answer. */
  readonly waiting?: Waiting | undefined
}

/** What that one answered. */
export type PassedBack = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer | Readable
}

/** Forwards a request to an instance that serves a context. @throws Unavailable when none answers */
export type PassOn = (context: string, request: Passed) => Promise<PassedBack>

/** The header in which a process tells a gateway where in the log an answer is true that is the same for everybody. */
export const positionHeader = 'x-agora-position'
