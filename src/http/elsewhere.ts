import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PassedBack, PassOn } from '../platform/passing/port.ts'

/** A context that another process serves. */
export type Elsewhere = {
  /** Answers a request by what that one answers. */
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
  /** What that one answers to whoever asks: it is not told who does, nor what they have already. */
  readonly askForAll: (request: FastifyRequest) => Promise<PassedBack>
}

/** Answers with what another process answered. */
export const sendBack = (
  reply: FastifyReply,
  { status, headers, body }: PassedBack,
): FastifyReply => {
  // Whoever waited too long was told so by then.
  if (reply.sent) {
    if (!Buffer.isBuffer(body)) body.destroy()
    return reply
  }
  reply.code(status).headers(headers)
  return Buffer.isBuffer(body) && body.length === 0 ? reply.send() : reply.send(body)
}

/** @returns for each context, what serves its routes instead of their handlers */
export const answeredElsewhere =
  (passOn: PassOn) =>
  (context: string): Elsewhere => ({
    answer: async (request, reply) => {
      const { method, originalUrl: url, headers, body, caller, ip, protocol, id } = request
      const back = await passOn(context, {
        method,
        url,
        headers,
        body: Buffer.isBuffer(body) && body.length > 0 ? body : undefined,
        userId: caller?.id,
        address: ip,
        protocol,
        correlationId: id,
      })
      return sendBack(reply, back)
    },
    askForAll: ({ originalUrl: url, headers: { host }, ip, protocol, id }) =>
      passOn(context, {
        method: 'GET',
        url,
        headers: { ...(host !== undefined && { host }), accept: 'application/json' },
        body: undefined,
        userId: undefined,
        address: ip,
        protocol,
        correlationId: id,
      }),
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
