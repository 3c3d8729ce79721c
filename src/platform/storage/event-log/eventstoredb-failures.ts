import { status, type ServiceError } from '@grpc/grpc-js'
import { Unavailable } from '../../unavailable.ts'

/** Nobody to ask, or no answer within the time that was given for it. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number'

/** What the server calls the failure, beside the code of gRPC; empty when it says nothing. */
const exceptionOf = ({ metadata }: ServiceError): string =>
  String(metadata?.get('exception')[0] ?? '')

const outages = new Set<number>([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.UNAVAILABLE,
  status.ABORTED,
])

/** How gRPC words a connection that broke under a call; it has no code of its own for that. */
const broken =
  /RST_STREAM|write after end|ECONN|EPIPE|socket|premature|stream (was )?(closed|destroyed)/i

const isTooLarge = (error: ServiceError): boolean =>
  exceptionOf(error) === 'maximum-append-size-exceeded' ||
  (error.code === status.RESOURCE_EXHAUSTED && error.details.includes('larger than max'))

/** Whether a call failed for want of a server: nobody knows then what became of it. */
export const isOutage = (error: unknown): boolean => {
  if (error instanceof Unreachable) return true
  if (!isServiceError(error)) return false
  if (leaderOf(error)) return true
  // What the server names, it has understood.
  if (exceptionOf(error) !== '') return false
  return (
    outages.has(error.code) ||
    (error.code === status.RESOURCE_EXHAUSTED && !isTooLarge(error)) ||
    ((error.code === status.INTERNAL || error.code === status.UNKNOWN) &&
      broken.test(error.details))
  )
}

/** Whether it is open what became of an append: after an outage, or when the server itself does not know. */
export const isUncertain = (error: unknown): boolean =>
  isOutage(error) ||
  (isServiceError(error) &&
    exceptionOf(error) === '' &&
    [status.INTERNAL, status.UNKNOWN, status.DATA_LOSS].includes(error.code))

/** Whether a call surely never left: there was no connection to send it through. */
export const wasNeverSent = (error: unknown): boolean =>
  isServiceError(error) &&
  error.code === status.UNAVAILABLE &&
  error.details.startsWith('No connection established')

/** Which node leads, where a call was refused by one that does not. */
export const leaderOf = (
  error: unknown,
): { readonly address: string; readonly port: number } | undefined => {
  if (!isServiceError(error) || exceptionOf(error) !== 'not-leader') return undefined
  const address = String(error.metadata.get('leader-endpoint-host')[0] ?? '')
  const port = Number(error.metadata.get('leader-endpoint-port')[0])
  return address !== '' && Number.isInteger(port) ? { address, port } : undefined
}

/** The server's sentence, when it did not take what it was given: too much at once, or not as it should be. */
export const refusalOf = (error: unknown): string | undefined => {
  if (!isServiceError(error)) return undefined
  return isTooLarge(error) || error.code === status.INVALID_ARGUMENT ? error.details : undefined
}

/** Whether the server knows no position like the one that a read was to start at. */
export const isBadPosition = (error: unknown): boolean =>
  isServiceError(error) &&
  [status.UNKNOWN, status.INTERNAL, status.INVALID_ARGUMENT, status.OUT_OF_RANGE].includes(
    error.code,
  )

/** An error as the log throws it: outages as `Unavailable`, a wrong password by name, all else as it is. */
export const thrown = (error: unknown): unknown => {
  if (isOutage(error)) return new Unavailable('EventStoreDB cannot be reached', { cause: error })
  if (!isServiceError(error)) return error
  const denied =
    exceptionOf(error) === 'access-denied' ||
    error.code === status.UNAUTHENTICATED ||
    error.code === status.PERMISSION_DENIED
  return denied
    ? new Error('EventStoreDB denies access: look at the name and password in EVENTSTORE_URL', {
        cause: error,
      })
    : error
}
