import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * A step that every request takes on arrival, before its body is read.
 * @returns an error that the request is refused with; `answered` when the step has answered it; undefined to go on
 */
export type ArrivalStep = (
  request: FastifyRequest,
  reply: FastifyReply,
) => Error | 'answered' | undefined

/** Takes all steps in one synchronous hook, up to the first that refuses or answers a request. */
export const onArrival = (app: FastifyInstance, steps: readonly ArrivalStep[]): void => {
  app.addHook('onRequest', (request, reply, done) => {
    for (const step of steps) {
      const outcome = step(request, reply)
      if (outcome === 'answered') return
      if (outcome) return done(outcome)
    }
    done()
  })
}
