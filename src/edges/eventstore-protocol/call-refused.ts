import { Metadata, status } from '@grpc/grpc-js'
import { EventRefused } from '../../platform/storage/event-log/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'

/**
 * Most bytes of the sentence of an error. It is sent as a header, percent-encoded: clients end the whole connection, with all
 * of its calls, where headers exceed their limit, and the lowest one that is common is 8 KiB.
 */
const maxDetailBytes = 6_900

/** Most characters of a trailer: names have 500 at most where they are valid. */
const maxTrailer = 600

/** Bytes of a character in a header, which `encodeURI` encodes. */
const bytesInHeader = (character: string): number =>
  /^[A-Za-z0-9;,/?:@&=+$\-_.!~*'()#]$/.test(character) ? 1 : 3 * Buffer.byteLength(character)

/** Shortens a sentence that does not fit into a header. */
const shortened = (details: string): string => {
  // No character takes more bytes than three times those of its UTF-8, which are at most three a code unit.
  if (details.length * 9 <= maxDetailBytes) return details
  let bytes = 0
  let length = 0
  for (const character of details) {
    bytes += bytesInHeader(character)
    if (bytes > maxDetailBytes) return `${details.slice(0, length)}...`
    length += character.length
  }
  return details
}

/**
 * Error answer of a call as gRPC has it: a status, a sentence, and trailers by which the clients of EventStoreDB
 * recognise the kind of error.
 */
export class CallRefused extends Error {
  override name = 'CallRefused'
  readonly code: status
  readonly details: string
  readonly metadata = new Metadata()
  constructor(code: status, details: string, trailers: Readonly<Record<string, string>> = {}) {
    // The library throws where a text has a lone surrogate.
    const fitting = shortened(details.toWellFormed())
    super(fitting)
    this.code = code
    this.details = fitting
    for (const [name, value] of Object.entries(trailers))
      this.metadata.set(name, value.slice(0, maxTrailer))
  }
}

/** The caller is authenticated but not authorised. @param why what to do instead */
export const accessDenied = (why: string): CallRefused =>
  new CallRefused(status.PERMISSION_DENIED, why, { exception: 'access-denied' })

/** The caller is not authenticated. @param why what to do instead */
export const unauthenticated = (why: string): CallRefused =>
  new CallRefused(status.UNAUTHENTICATED, why, { exception: 'not-authenticated' })

/** The request is invalid. @param why names the field, and what it should be */
export const badArgument = (
  why: string,
  trailers: Readonly<Record<string, string>> = {},
): CallRefused => new CallRefused(status.INVALID_ARGUMENT, why, trailers)

/** A dependency is unavailable for now; clients reconnect and retry. */
export const unavailable = (why: string): CallRefused => new CallRefused(status.UNAVAILABLE, why)

/** An append exceeds the maximum size; the message is that of EventStoreDB. @param maxBytes the maximum, in bytes */
export const appendTooLarge = (maxBytes: number): CallRefused =>
  new CallRefused(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxBytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(maxBytes),
  })

/** Text reduced to printable ASCII, as trailers require. */
const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?')

/**
 * Error answer of a failed call. The message of an unexpected error is not sent to the client.
 * @param onUnexpected called with unexpected errors
 */
export const refusalOf = (error: unknown, onUnexpected: (error: unknown) => void): CallRefused => {
  if (error instanceof CallRefused) return error
  if (error instanceof EventRefused)
    return badArgument(error.message, { 'event-type': plain(error.type) })
  if (error instanceof Unavailable) return unavailable(error.message)
  onUnexpected(error)
  return new CallRefused(status.INTERNAL, 'An unexpected error occurred; the server logged it')
}
