import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from '../errors.ts'
import type { Problem } from '../problem.ts'

const givenUp = new WeakSet<FastifyRequest>()
const controllers = new WeakMap<FastifyRequest, AbortController>()

/** Whether a request was answered with a problem because its own answer took too long. */
export const isGivenUp = (request: FastifyRequest): boolean => givenUp.has(request)

/**
 * Aborts when nobody waits for the answer any more: it was given up, or the client has gone. For waits and calls that a
 * request makes; those that do not ask for it cost nothing.
 */
export const abandoned = (request: FastifyRequest, { raw }: FastifyReply): AbortSignal => {
  const known = controllers.get(request)
  if (known) return known.signal
  const controller = new AbortController()
  controllers.set(request, controller)
  const abort = () => controller.abort()
  if (isGivenUp(request) || raw.destroyed) abort()
  else
    raw.once('close', () => {
      if (!raw.writableFinished) abort()
    })
  return controller.signal
}

/**
 * Answers a request with a problem while its handler still works, and cancels what the handler waits for. What it comes
 * to in the end is dropped without a word: an answer has been given.
 */
export const giveUp = (request: FastifyRequest, reply: FastifyReply, problem: Problem): void => {
  givenUp.add(request)
  sendProblem(reply, problem, request.id)
  // Hooks of the answer may still be running, so that Fastify would take a second answer and fail on its headers.
  reply.send = () => reply
  reply.log = reply.log.child({}, { level: 'silent' })
  controllers.get(request)?.abort()
}
