import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ArrivalStep } from '../arrival.ts'
import { sendProblem } from '../errors.ts'
import { Problem } from '../problem.ts'
import { giveUp, waiters } from './abandoned.ts'
import { standing } from './standing.ts'

/** How much a process takes on before it says no. */
export type Bearable = {
  /** So many requests at once. */
  readonly requests: number
  /** How late the process may be with everything it does, several times in a row, in ms. */
  readonly delay: number
  /** How long an answer may take, in ms. */
  readonly answer: number
}

/**
 * A process that answers a thousand at once is far behind its stores, and one that is a second late will not recover by
 * taking on more. Nobody waits longer than ten seconds for a page.
 */
export const bearable: Bearable = { requests: 1_000, delay: 1_000, answer: 10_000 }

/** How often to look how late the process is, and whose answer is overdue; in ms. */
const every = 250

/** One of so many refusals is told to the log: who is overloaded must not write much. */
const toldRefusals = 1_000

const overloaded = () =>
  new Problem(503, 'overloaded', 'There is too much to do right now; ask again in a moment.')

const tooSlow = () =>
  new Problem(
    503,
    'too_slow',
    'This took too long and was given up; it may have been done all the same. Ask again in a moment.',
  )

/**
 * Keeps a process from taking on more than it can do: beyond that, requests are turned away at once (503 with
 * `Retry-After`) and those inside are served; an answer that does not come in time is given up. What is marked as
 * unlimited (probes, metrics) is always let in. Comes before anything that costs something.
 */
export const shedding = (
  app: FastifyInstance,
  { requests: most, delay, answer }: Bearable = bearable,
): ArrivalStep => {
  waiters(app)
  type Inside = {
    readonly request: FastifyRequest
    readonly reply: FastifyReply
    since: number
    leave: () => void
  }
  /** In the order in which they became what they are. */
  const inside = standing<Inside>()
  /** How late the process was with its last looks, in ms. One that stumbled over something once is not overloaded. */
  let latest: readonly number[] = [0, 0, 0]
  let late = 0
  let looked = performance.now()
  let refused = 0

  const overdue = ({ request, reply }: Inside): void => {
    const { method, routeOptions, id: correlationId } = request
    app.log.warn({ method, route: routeOptions.url, correlationId }, 'An answer took too long')
    if (!reply.sent && !reply.raw.headersSent) giveUp(request, reply, tooSlow())
  }
  const sweep = (): void => {
    const now = performance.now()
    latest = [...latest.slice(1), now - looked - every]
    late = Math.min(...latest)
    looked = now
    for (;;) {
      const one = inside.first()
      if (!one || now - one.since < answer) return
      one.leave()
      // A slow sender has a limit of their own, and a stream that flows takes as long as it takes.
      if (one.request.raw.complete === false) {
        one.since = now
        one.leave = inside.add(one)
      } else overdue(one)
    }
  }
  const sweeping = setInterval(sweep, every).unref()
  app.addHook('onClose', async () => clearInterval(sweeping))

  /** How many are being served, whether their answers are overdue or not. */
  let count = 0
  return (request, reply) => {
    if (request.routeOptions.config.rateLimit === false) return undefined
    if (count >= most || late > delay) {
      if (refused++ % toldRefusals === 0)
        app.log.warn({ inside: count, late, refused }, 'Requests are turned away')
      sendProblem(reply, overloaded(), request.id)
      return 'answered'
    }
    count += 1
    const one: Inside = { request, reply, since: performance.now(), leave: () => undefined }
    one.leave = inside.add(one)
    // Also when they go away before they are answered.
    reply.raw.once('close', () => {
      count -= 1
      one.leave()
    })
    return undefined
  }
}
