import { Metadata, status } from '@grpc/grpc-js'
import { EventRefused } from '../../platform/storage/event-log/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'

/**
 * "No" to a call, as gRPC tells it: a status, a sentence, and trailers by which the clients of EventStoreDB recognise
 * the kind of error.
 */
export class CallRefused extends Error {
  override name = 'CallRefused'
  readonly code: status
  readonly details: string
  readonly metadata = new Metadata()
  constructor(code: status, details: string, trailers: Readonly<Record<string, string>> = {}) {
    super(details)
    this.code = code
    this.details = details
    for (const [name, value] of Object.entries(trailers)) this.metadata.set(name, value)
  }
}

/** The caller is known and may not. @param why what to do instead */
export const accessDenied = (why: string): CallRefused =>
  new CallRefused(status.PERMISSION_DENIED, why, { exception: 'access-denied' })

/** The caller is not known. @param why what to do instead */
export const unauthenticated = (why: string): CallRefused =>
  new CallRefused(status.UNAUTHENTICATED, why, { exception: 'not-authenticated' })

/** What was asked for makes no sense. @param why names the field, and what it should be */
export const badArgument = (
  why: string,
  trailers: Readonly<Record<string, string>> = {},
): CallRefused => new CallRefused(status.INVALID_ARGUMENT, why, trailers)

/** What is needed to answer is away for now; clients connect again and ask again. */
export const unavailable = (why: string): CallRefused => new CallRefused(status.UNAVAILABLE, why)

/** More was appended at once than is taken, in the words of EventStoreDB. @param most bytes */
export const appendTooLarge = (most: number): CallRefused =>
  new CallRefused(status.INVALID_ARGUMENT, `Maximum Append Size of ${most} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(most),
  })

/** Text that a trailer can carry. */
const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?')

/**
 * What a call that failed is answered. An error that nobody expected keeps its words to itself.
 * @param surprised told of errors that nobody expected
 */
export const refusalOf = (error: unknown, surprised: (error: unknown) => void): CallRefused => {
  if (error instanceof CallRefused) return error
  if (error instanceof EventRefused)
    return badArgument(error.message, { 'event-type': plain(error.type) })
  if (error instanceof Unavailable) return unavailable(error.message)
  surprised(error)
  return new CallRefused(status.INTERNAL, 'Something went wrong; it has been reported')
}
