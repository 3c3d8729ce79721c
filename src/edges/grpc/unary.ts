import type { handleUnaryCall } from '@grpc/grpc-js'
import type { AnyRoute, Rpc } from '../../serving/route.ts'
import { messageOf, twinRequestOf } from './messages.ts'
import { admitted, answerMetadata, failureOf, signed, successIn, type Doors } from './twin.ts'

type Message = Readonly<Record<string, unknown>>

/**
 * Serves an RPC with one request and one answer by its route: the server of HTTP runs the same hooks, validation and handler
 * for it, without a connection. A call that has ended is not begun; what has begun runs to its end, as over HTTP.
 */
export const unary = (
  doors: Doors,
  route: AnyRoute,
  rpc: Rpc,
): handleUnaryCall<Message, object> => {
  const requestOf = twinRequestOf(doors.prefix, route, rpc)
  const answerOf = messageOf(route)
  const { method } = route

  return (call, callback) => {
    const answered = async (): Promise<void> => {
      const { headers, client } = admitted(doors, call)
      const { url, body } = requestOf(call.request)
      if (call.cancelled) return
      const response = await doors.server.inject({
        method,
        url,
        headers: {
          ...signed(doors, headers, { method, url }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        remoteAddress: client,
        ...(body !== undefined && { payload: body }),
        // The request is valid by its making.
        validate: false,
      })
      if (call.cancelled) return
      const metadata = answerMetadata(headers)
      const { statusCode: status, headers: answerHeaders, payload } = response
      const answer = successIn(doors, { status, headers: answerHeaders, body: payload }, metadata)
      call.sendMetadata(metadata)
      callback(null, answerOf(answer))
    }
    const refuse = (error: unknown): void => {
      if (!call.cancelled) callback(failureOf(doors, error))
    }
    answered().catch(refuse)
  }
}
