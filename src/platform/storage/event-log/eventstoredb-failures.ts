import { status, type ServiceError } from '@grpc/grpc-js'
import { Unavailable } from '../../unavailable.ts'

/** No server can be reached, or none answered within the timeout. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number'

/** The server's name of the failure, beside the code of gRPC; empty without one. */
const exceptionOf = ({ metadata }: ServiceError): string =>
  String(metadata?.get('exception')[0] ?? '')

const outages = new Set<number>([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.UNAVAILABLE,
  status.ABORTED,
])

/** Messages of gRPC for a connection that broke during a call; it has no code for that. */
const broken =
  /RST_STREAM|write after end|ECONN|EPIPE|socket|premature|stream (was )?(closed|destroyed)/i

const isTooLarge = (error: ServiceError): boolean =>
  exceptionOf(error) === 'maximum-append-size-exceeded' ||
  (error.code === status.RESOURCE_EXHAUSTED && error.details.includes('larger than max'))

/** Whether a call failed by an outage, so that its outcome is unknown. */
export const isOutage = (error: unknown): boolean => {
  if (error instanceof Unreachable) return true
  if (!isServiceError(error)) return false
  if (leaderOf(error)) return true
  // A failure with a name is an answer of the server.
  if (exceptionOf(error) !== '') return false
  return (
    outages.has(error.code) ||
    (error.code === status.RESOURCE_EXHAUSTED && !isTooLarge(error)) ||
    ((error.code === status.INTERNAL || error.code === status.UNKNOWN) &&
      broken.test(error.details))
  )
}

/** Whether the outcome of an append is unknown: after an outage, or an internal error of the server. */
export const isUncertain = (error: unknown): boolean =>
  isOutage(error) ||
  (isServiceError(error) &&
    exceptionOf(error) === '' &&
    [status.INTERNAL, status.UNKNOWN, status.DATA_LOSS].includes(error.code))

/** Whether a call was certainly not sent, because there was no connection. */
export const wasNeverSent = (error: unknown): boolean =>
  isServiceError(error) &&
  error.code === status.UNAVAILABLE &&
  error.details.startsWith('No connection established')

/** The leading node, if a call was refused by a node that does not lead. */
export const leaderOf = (
  error: unknown,
): { readonly address: string; readonly port: number } | undefined => {
  if (!isServiceError(error) || exceptionOf(error) !== 'not-leader') return undefined
  const address = String(error.metadata.get('leader-endpoint-host')[0] ?? '')
  const port = Number(error.metadata.get('leader-endpoint-port')[0])
  return address !== '' && Number.isInteger(port) ? { address, port } : undefined
}

/** The server's message if it refused the content of a call: too large, or invalid. */
export const refusalOf = (error: unknown): string | undefined => {
  if (!isServiceError(error)) return undefined
  return isTooLarge(error) || error.code === status.INVALID_ARGUMENT ? error.details : undefined
}

/** Whether the server does not know the position at which a read was to start. */
export const isBadPosition = (error: unknown): boolean =>
  isServiceError(error) &&
  [status.UNKNOWN, status.INTERNAL, status.INVALID_ARGUMENT, status.OUT_OF_RANGE].includes(
    error.code,
  )

/** Translates an error for the callers of the log: outages to `Unavailable`, denied access to a message; others are unchanged. */
export const thrown = (error: unknown): unknown => {
  if (isOutage(error)) return new Unavailable('EventStoreDB cannot be reached', { cause: error })
  if (!isServiceError(error)) return error
  const denied =
    exceptionOf(error) === 'access-denied' ||
    error.code === status.UNAUTHENTICATED ||
    error.code === status.PERMISSION_DENIED
  return denied
    ? new Error('EventStoreDB denies access: check the name and password in EVENTSTORE_URL', {
        cause: error,
      })
    : error
}
