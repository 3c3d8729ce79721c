import { Metadata, type ServiceError } from '@grpc/grpc-js'
import type { FastifyInstance } from 'fastify'
import {
  grpcHeader,
  internalHeader,
  type InternalCalls,
} from '../../platform/security/internal-calls.ts'
import { Problem } from '../../serving/problem.ts'
import {
  addAnswered,
  correlationHeader,
  headersOf,
  verifiedClient,
  type CallVerifier,
} from './call-headers.ts'
import type { Success } from './messages.ts'
import type { ShownProblem } from './status.ts'

/** What the doors of gRPC need of the process. */
export type Doors = CallVerifier & {
  /** The server of HTTP, which serves the routes. */
  readonly server: Pick<FastifyInstance, 'inject'>
  /** URL of that server for this process itself. */
  readonly ownUrl: () => string
  /** Prefix of all paths of the routes: `/api/v1`. */
  readonly prefix: string
  /** Signs requests of this process to itself. */
  readonly calls: Pick<InternalCalls, 'tokenFor'>
  /** Audiences of signed calls to this process. */
  readonly audiences: () => readonly string[]
  /** Converts a problem to an error of gRPC. */
  readonly errorOf: (problem: ShownProblem, metadata?: Metadata) => ServiceError
  /** Called with unexpected errors. */
  readonly onError: (error: unknown) => void
}

/** A call of an RPC, as all kinds of calls have it. */
export type AnyCall = {
  readonly metadata: Metadata
  readonly cancelled: boolean
  readonly getPath: () => string
  readonly getPeer: () => string
  readonly on: (event: 'cancelled', listener: () => void) => unknown
  readonly off: (event: 'cancelled', listener: () => void) => unknown
}

/** The address of a peer: `127.0.0.1:4711`, `[::1]:4711`. */
const addressOf = (peer: string): string => peer.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')

/** Headers and client of the twin's request. */
export type Asking = {
  readonly headers: Record<string, string>
  readonly client: string
}

/** Admits a call. @throws Problem 401 unless it is signed */
export const admitted = (doors: Doors, call: AnyCall): Asking => {
  const path = call.getPath()
  const client = verifiedClient(doors, { metadata: call.metadata, path })
  return { headers: headersOf(call.metadata), client: client ?? addressOf(call.getPeer()) }
}

/** Metadata of the answer to a call: its correlation id. @param headers of the twin's request */
export const answerMetadata = (headers: Asking['headers']): Metadata => {
  const metadata = new Metadata()
  const { [correlationHeader]: id } = headers
  if (id !== undefined) metadata.set(correlationHeader, id)
  return metadata
}

/**
 * Signs the twin's request as one of this process to itself: a process behind a gateway answers no others. It is marked as one
 * of gRPC, which no gateway has counted.
 * @param asking.address named to the server as that of the client; default: none
 */
export const signed = (
  { calls, audiences }: Pick<Doors, 'calls' | 'audiences'>,
  headers: Readonly<Record<string, string>>,
  { method, url, address = '' }: { method: string; url: string; address?: string },
): Record<string, string> => {
  const [audience = ''] = audiences()
  return {
    ...headers,
    ...(address !== '' && { 'x-forwarded-for': address }),
    [grpcHeader]: 'true',
    [internalHeader]: calls.tokenFor({ audience, method, url, userId: '', address }),
  }
}

/** An answer of the twin, its body read. */
type TwinAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, number | string | readonly string[] | undefined>>
  readonly body: string
}

/**
 * Reads the answer of the twin.
 * @param metadata receives its headers, and the position of the log up to which it includes all events
 * @throws ServiceError for a problem
 */
export const successIn = (
  { errorOf }: Pick<Doors, 'errorOf'>,
  { status, headers, body }: TwinAnswer,
  metadata: Metadata,
): Success => {
  addAnswered(metadata, headers)
  const answer: Success | ShownProblem = JSON.parse(body)
  if ('code' in answer) {
    const wait = Number(headers['retry-after'])
    throw errorOf({ ...answer, status, ...(wait > 0 && { retryAfter: wait }) }, metadata)
  }
  const { position, partial } = answer.meta ?? {}
  if (position !== undefined) metadata.set('x-agora-position', position)
  if (partial) metadata.set('x-agora-partial', partial.join(','))
  return answer
}

/** Converts any failure to an error of gRPC. */
export const failureOf = ({ errorOf, onError }: Doors, error: unknown): ServiceError => {
  if (error instanceof Problem) {
    const { statusCode: status, code, message: detail, errors, retryAfter } = error
    return errorOf({ status, code, detail, ...(errors && { errors: [...errors] }), retryAfter })
  }
  if (error instanceof Error && 'code' in error && 'metadata' in error) return error as ServiceError
  onError(error)
  return errorOf({
    status: 500,
    code: 'internal_error',
    detail: 'An internal error occurred and was logged.',
  })
}

/**
 * Watches for the early end of a call: its client cancels it, or its deadline passes. The library reports every end in this
 * way, so that the watch is ended with the answer.
 */
export const endedEarly = (call: AnyCall): Disposable & { readonly signal: AbortSignal } => {
  const over = new AbortController()
  const abort = () => over.abort()
  if (call.cancelled) abort()
  else call.on('cancelled', abort)
  return { signal: over.signal, [Symbol.dispose]: () => void call.off('cancelled', abort) }
}
