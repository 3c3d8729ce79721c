import type { Metadata } from '@grpc/grpc-js'
import {
  grpcAudience,
  internalHeader,
  type InternalCalls,
} from '../../platform/security/internal-calls.ts'
import { requestCorrelationId } from '../../platform/observability/tracing/trace-context.ts'
import { Problem } from '../../serving/problem.ts'

/** Metadata of a call that the twin of the RPC receives as headers. */
const passed = ['authorization', 'idempotency-key', 'if-match', 'traceparent'] as const

/** Headers of an answer that the client receives as metadata. */
const answered = [
  'etag',
  'location',
  'idempotency-replayed',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
] as const

const textOf = (metadata: Metadata, name: string): string | undefined => {
  const [value] = metadata.get(name)
  return typeof value === 'string' ? value : undefined
}

/** Metadata with the correlation id, of a call and of its answer. */
export const correlationHeader = 'x-correlation-id'

/** Headers of the twin's request. Its correlation id is chosen here, as the twin answers other processes without it. */
export const headersOf = (metadata: Metadata): Record<string, string> => {
  const headers: Record<string, string> = {
    'user-agent': textOf(metadata, 'user-agent') ?? 'grpc',
    accept: 'application/json',
  }
  for (const name of passed) {
    const value = textOf(metadata, name)
    if (value !== undefined) headers[name] = value
  }
  const { traceparent } = headers
  const id = textOf(metadata, correlationHeader)
  headers[correlationHeader] = requestCorrelationId({ [correlationHeader]: id, traceparent })
  return headers
}

/** Adds the headers of an answer to the metadata that the client receives. */
export const addAnswered = (
  metadata: Metadata,
  headers: Readonly<Record<string, number | string | readonly string[] | undefined>>,
): void => {
  for (const name of answered) {
    const value = headers[name]
    if (value !== undefined) metadata.set(name, String(value))
  }
}

/** A call of an RPC, with what a signature covers. */
type Signed = {
  readonly metadata: Metadata
  /** `/agora.user.v1.UserService/FollowUser` */
  readonly path: string
}

/** Verifies that somebody with the key of gRPC has signed a call. */
export type CallVerifier = {
  /** Calls of gRPC, which have a key of their own. */
  readonly grpcCalls: Pick<InternalCalls, 'isGood'>
  /** Whether unsigned calls are answered as well: for development. */
  readonly isOpen: boolean
}

/**
 * Returns the address of the original client, which the signature covers; undefined where the caller names none.
 * @throws Problem 401 unless the call is signed, for this RPC
 */
export const verifiedClient = (
  { grpcCalls, isOpen }: CallVerifier,
  { metadata, path: url }: Signed,
): string | undefined => {
  const address = textOf(metadata, 'x-forwarded-for') ?? ''
  const userId = textOf(metadata, 'x-user-id') ?? ''
  const token = textOf(metadata, internalHeader) ?? ''
  const call = { audience: grpcAudience, method: 'POST', url, userId, address }
  if (grpcCalls.isGood(token, call)) return address === '' ? undefined : address
  if (isOpen) return undefined
  throw new Problem(
    401,
    'internal_only',
    `Only for processes of this Agora: send its signature of this call as the metadata ${internalHeader}.`,
  )
}
