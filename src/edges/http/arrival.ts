import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * A step that runs for every request on arrival, before its body is read.
 * @returns an error to reject the request with; `answered` when the step has answered it; undefined to continue
 */
export type ArrivalStep = (
  request: FastifyRequest,
  reply: FastifyReply,
) => Error | 'answered' | undefined

/** Runs all steps in one synchronous hook, up to the first that rejects or answers the request. */
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
