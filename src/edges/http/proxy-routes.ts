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

/** A context that another process serves. */
export type ProxyRoutes = {
  /** Answers a request by what that one answers. */
  readonly answer: preValidationHookHandler
  /** What that one answers to whoever asks: it is not told who does, nor what they have already. */
  readonly askForAll: (request: FastifyRequest) => Promise<PassedBack>
}

/** Texts up to so many bytes are sent in one piece with their headers, for one call of the system instead of two. */
const onePiece = 16 * 1024

/** An answer's body in the form in which it is sent quickest. */
export const quickest = (body: Buffer, type: unknown, encoding?: unknown): Buffer | string =>
  body.length <= onePiece &&
  encoding === undefined &&
  typeof type === 'string' &&
  type.endsWith('charset=utf-8')
    ? body.toString()
    : body

/** Answers with what another process answered. */
export const sendBack = (
  reply: FastifyReply,
  { status, headers, body }: PassedBack,
): FastifyReply => {
  // Whoever waited too long was told so by then.
  if (reply.sent || isGivenUp(reply.request)) {
    if (!Buffer.isBuffer(body)) body.destroy()
    return reply
  }
  // Only a gateway is told where an answer is true.
  reply.code(status).headers(headers).removeHeader(positionHeader)
  if (!Buffer.isBuffer(body)) {
    if (reply.request.method !== 'HEAD') return reply.send(body)
    body.destroy()
    // Nothing, in pieces: the length stays what it was said to be.
    return reply.send(Readable.from([]))
  }
  if (body.length === 0) return reply.send()
  const { 'content-type': type, 'content-encoding': encoding } = headers
  return reply.send(quickest(body, type, encoding))
}

/** A failure to pass on, with the name of what is away: that is not the client's to guess, nor anything of the inside. */
export const naming = (error: unknown, context: string): Error =>
  error instanceof Unavailable
    ? new Problem(
        503,
        'unavailable',
        `What serves ${context} is away; ask again in a moment.`,
        undefined,
        { cause: error },
      )
    : error instanceof Error
      ? error
      : new Error(String(error))

/** @returns for each context, what serves its routes instead of their handlers */
export const proxyRoutes =
  (passOn: PassOn): ((context: string) => ProxyRoutes) =>
  (context) => ({
    answer: (request, reply, fail) => {
      const { method, url, headers, body, caller, ip, protocol, id } = request
      // What changes something is done, whether somebody waits for it or not.
      const isRead = method === 'GET' || method === 'HEAD'
      passOn(context, {
        // What is left of an answer to HEAD does not say how long it is; a long one is let go of here.
        method: method === 'HEAD' ? 'GET' : method,
        url,
        headers,
        body: Buffer.isBuffer(body) && body.length > 0 ? body : undefined,
        userId: caller?.id,
        address: ip,
        protocol,
        correlationId: id,
        waiting: isRead ? waitingFor(request, reply) : undefined,
      })
        .then((back) => void sendBack(reply, back))
        .catch((error: unknown) => fail(naming(error, context)))
    },
    askForAll: async ({ url, headers: { host }, ip, protocol, id }) => {
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
        })
      } catch (error) {
        throw naming(error, context)
      }
    },
  })

/**
 * Room for routes that are served elsewhere: who may, and how often, is looked after here; what they say is not even
 * read.
 */
export const withoutReading = (
  app: FastifyInstance,
  addRoutes: (app: FastifyInstance) => void,
): void => {
  void app.register((unread, _options, done) => {
    unread.removeAllContentTypeParsers()
    unread.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    )
    unread.setValidatorCompiler(() => () => true)
    unread.setSerializerCompiler(() => JSON.stringify)
    addRoutes(unread)
    done()
  })
}
