import { Readable } from 'node:stream'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  preValidationHookHandler,
} from 'fastify'
import {
  positionHeader,
  type PassedBack,
  type PassOn,
} from '../../platform/messaging/request-proxy/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { Problem } from '../../serving/problem.ts'
import { isGivenUp, waitingFor } from './protection/abandoned.ts'

/** Forwards the requests of a context to the process that serves it. */
export type ProxyRoutes = {
  /** Forwards a request and sends back the answer. */
  readonly answer: preValidationHookHandler
  /** Requests an answer for all callers: without the identity of the caller and the headers of conditional requests. */
  readonly askForAll: (request: FastifyRequest) => Promise<PassedBack>
}

/** Maximum size of a text that is sent together with its headers, in bytes: one system call instead of two. */
const maxInlineBytes = 16 * 1024

/** Returns a body in the form that Node sends fastest. */
export const fastestForm = (body: Buffer, type: unknown, encoding?: unknown): Buffer | string =>
  body.length <= maxInlineBytes &&
  encoding === undefined &&
  typeof type === 'string' &&
  type.endsWith('charset=utf-8')
    ? body.toString()
    : body

/** Sends the answer of another process to the client. */
export const sendBack = (
  reply: FastifyReply,
  { status, headers, body }: PassedBack,
): FastifyReply => {
  // A request past its deadline has been answered already.
  if (reply.sent || isGivenUp(reply.request)) {
    if (!Buffer.isBuffer(body)) body.destroy()
    return reply
  }
  // The position is for gateways only.
  reply.code(status).headers(headers).removeHeader(positionHeader)
  if (!Buffer.isBuffer(body)) {
    if (reply.request.method !== 'HEAD') return reply.send(body)
    body.destroy()
    // An empty stream keeps the content-length of the answer to HEAD.
    return reply.send(Readable.from([]))
  }
  if (body.length === 0) return reply.send()
  const { 'content-type': type, 'content-encoding': encoding } = headers
  return reply.send(fastestForm(body, type, encoding))
}

/** Converts a failure to forward to a problem that names the context, and no internals. */
export const withContextName = (error: unknown, context: string): Error =>
  error instanceof Unavailable
    ? new Problem(
        503,
        'unavailable',
        `The context ${context} is unavailable; try again in a moment.`,
        undefined,
        { cause: error },
      )
    : error instanceof Error
      ? error
      : new Error(String(error))

/** Creates the forwarding handlers of a context, which take the place of the routes' handlers. */
export const proxyRoutes =
  (passOn: PassOn): ((context: string) => ProxyRoutes) =>
  (context) => ({
    answer: (request, reply, fail) => {
      const { method, url, headers, body, caller, ip, protocol, id, span } = request
      // Requests that change something continue without their client.
      const isRead = method === 'GET' || method === 'HEAD'
      passOn(context, {
        // An answer to HEAD loses its length on the way, so a GET is forwarded, and a long answer is dropped here.
        method: method === 'HEAD' ? 'GET' : method,
        url,
        headers,
        body:
          body instanceof Readable || (Buffer.isBuffer(body) && body.length > 0) ? body : undefined,
        userId: caller?.id,
        address: ip,
        protocol,
        correlationId: id,
        traceparent: span?.traceparent,
        waiting: isRead ? waitingFor(request, reply) : undefined,
      })
        .then((back) => void sendBack(reply, back))
        .catch((error: unknown) => fail(withContextName(error, context)))
    },
    askForAll: async ({ url, headers: { host }, ip, protocol, id, span }) => {
      try {
        return await passOn(context, {
          method: 'GET',
          url,
          headers: { ...(host !== undefined && { host }), accept: 'application/json' },
          body: undefined,
          userId: undefined,
          address: ip,
          protocol,
          correlationId: id,
          traceparent: span?.traceparent,
        })
      } catch (error) {
        throw withContextName(error, context)
      }
    },
  })

/**
 * Creates a Fastify scope for forwarded routes: access and limits are checked here, while bodies are neither parsed nor
 * validated. Files are not buffered either.
 */
export const withoutReading = (
  app: FastifyInstance,
  addRoutes: (app: FastifyInstance) => void,
): void => {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    )
    // Files are passed on as they arrive.
    scope.addContentTypeParser('multipart/form-data', ({ routeOptions }, payload, parsed) =>
      routeOptions.config.upload || routeOptions.config.oneClick
        ? parsed(null, payload)
        : parsed(
            new Problem(
              415,
              'unsupported_media_type',
              'Send JSON with `Content-Type: application/json`.',
            ),
          ),
    )
    scope.setValidatorCompiler(() => () => true)
    scope.setSerializerCompiler(() => JSON.stringify)
    addRoutes(scope)
    done()
  })
}
