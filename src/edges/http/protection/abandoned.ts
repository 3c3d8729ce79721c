import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Waiting } from '../../../platform/messaging/request-proxy/port.ts'
import { sendProblem } from '../errors.ts'
import type { Problem } from '../../../serving/problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the client still waits for the answer; set by the first call of `waitingFor`. */
    waiting: Waiter | undefined
  }
}

/** A cancellation that is triggered once, and calls its listener then. */
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

/** Whether a request was answered with a problem because its own answer was overdue. */
export const isGivenUp = (request: FastifyRequest): boolean => givenUp.has(request)

/**
 * Returns the cancellation of a request: it is over when the answer was given up, or the client has disconnected. For
 * waits and calls of the request; requests that do not use it pay nothing.
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
 * Answers a request with a problem while its handler still runs, and cancels the handler's waits. The handler's own
 * answer is dropped without a log line.
 */
export const giveUp = (request: FastifyRequest, reply: FastifyReply, problem: Problem): void => {
  givenUp.add(request)
  sendProblem(reply, problem, request.id)
  // Hooks of the answer may still be running, so that Fastify would accept a second answer and fail on its headers.
  reply.send = () => reply
  reply.log = reply.log.child({}, { level: 'silent' })
  request.waiting?.end()
}
