import type { MethodDefinition } from '@grpc/grpc-js'
import { badArgument, type CallRefused } from './call-refused.ts'

/** A request of a stream whose bytes are no message. */
export class UnreadableRequest {}

/**
 * Has a stream of requests and answers yield an `UnreadableRequest` where the bytes are no message. The library would end the
 * call beneath the handler: an answer that the handler writes behind that leaves the client without a status.
 */
export const withUnreadable = <Request, Response>(
  method: MethodDefinition<Request, Response>,
): MethodDefinition<Request | UnreadableRequest, Response> => ({
  ...method,
  requestDeserialize: (bytes) => {
    try {
      return method.requestDeserialize(bytes)
    } catch {
      return new UnreadableRequest()
    }
  },
  requestSerialize: (request) =>
    request instanceof UnreadableRequest ? Buffer.alloc(0) : method.requestSerialize(request),
})

/** Refusal of a request whose bytes are no message. */
export const unreadable = (): CallRefused =>
  badArgument('The request is not a message of this operation')
