import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Waiting } from '../../../platform/messaging/request-proxy/port.ts'
import { sendProblem } from '../errors.ts'
import type { Problem } from '../../../serving/problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether somebody waits for the answer; set once `waitingFor` was called with the request. */
    waiting: Waiter | undefined
  }
}

/** Ends once, and calls its listener then. */
class Waiter implements Waiting {
  isOver = false
  #listener: (() => void) | undefined

  onOver(listener: (() => void) | undefined): void {
    this.#listener = listener
  }

  end(): void {
    if (this.isOver) return
    this.isOver = true
    this.#listener?.()
  }
}

const givenUp = new WeakSet<FastifyRequest>()

/** Prepares requests for `waitingFor`. */
export const waiters = (app: FastifyInstance): void => {
  app.decorateRequest('waiting', undefined)
}

/** Whether a request was answered with a problem because its own answer took too long. */
export const isGivenUp = (request: FastifyRequest): boolean => givenUp.has(request)

/**
 * Whether somebody waits for the answer: it is over when the answer was given up, or the client has gone. For waits and
 * calls that a request makes; a request that does not ask for it pays nothing.
 */
export const waitingFor = (request: FastifyRequest, { raw }: FastifyReply): Waiting => {
  if (request.waiting) return request.waiting
  const waiter = new Waiter()
  request.waiting = waiter
  if (isGivenUp(request) || raw.destroyed) waiter.end()
  else
    raw.once('close', () => {
      if (!raw.writableFinished) waiter.end()
    })
  return waiter
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
  request.waiting?.end()
}
