import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ArrivalStep } from '../arrival.ts'
import { sendProblem } from '../errors.ts'
import { Problem } from '../../../serving/problem.ts'
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

/** What a request is answered with whose own answer takes too long. */
export const tooSlow = (): Problem =>
  new Problem(
    503,
    'too_slow',
    'This took too long and was given up; it may have been done all the same. Ask again in a moment.',
  )

/** A request that is being served, as far as shedding has to know it. */
export type Guest = {
  /** When it came, or was given time anew, by `performance.now()`. */
  since: number
  /** Whether its sender has not sent all of it yet. */
  readonly isArriving: () => boolean
  /** Gives its answer up: it has taken too long. */
  readonly overdue: () => void
}

/** Keeps count of what a process is at. */
export type Shedding = {
  /** Turns requests away on arrival, or counts them until they are answered. */
  readonly step: ArrivalStep
  /** Whether the next request would be turned away. */
  readonly isFull: () => boolean
  /** Counts a request that does not come by way of `step`. @returns ends that, to be called once */
  readonly enter: (guest: Guest) => () => void
}

/** A request that Fastify serves. */
class FastifyGuest implements Guest {
  since = performance.now()
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply
  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#request = request
    this.#reply = reply
  }
  isArriving(): boolean {
    return this.#request.raw.complete === false
  }
  overdue(): void {
    const { method, routeOptions, id: correlationId, server } = this.#request
    noteOverdue(server.log, { method, route: routeOptions.url, correlationId })
    if (!this.#reply.sent && !this.#reply.raw.headersSent)
      giveUp(this.#request, this.#reply, tooSlow())
  }
}

/** Logs that an answer took too long. */
export const noteOverdue = (
  log: Pick<FastifyBaseLogger, 'warn'>,
  about: {
    readonly method: string
    readonly route: string | undefined
    readonly correlationId: string
  },
): void => log.warn(about, 'An answer took too long')

/**
 * Keeps a process from taking on more than it can do: beyond that, requests are turned away at once (503 with
 * `Retry-After`) and those inside are served; an answer that does not come in time is given up. What is marked as
 * unlimited (probes, metrics) is always let in. Comes before anything that costs something.
 */
export const shedding = (
  app: FastifyInstance,
  { requests: most, delay, answer }: Bearable = bearable,
): Shedding => {
  waiters(app)
  type Inside = { readonly guest: Guest; leave: () => void }
  /** In the order in which they came, or were given time anew. */
  const inside = standing<Inside>()
  /** How late the process was with its last looks, in ms. One that stumbled over something once is not overloaded. */
  let latest: readonly number[] = [0, 0, 0]
  let late = 0
  let looked = performance.now()
  let refused = 0

  const sweep = (): void => {
    const now = performance.now()
    latest = [...latest.slice(1), now - looked - every]
    late = Math.min(...latest)
    looked = now
    for (;;) {
      const one = inside.first()
      if (!one || now - one.guest.since < answer) return
      one.leave()
      // A slow sender has a limit of their own, and a stream that flows takes as long as it takes.
      if (one.guest.isArriving()) {
        one.guest.since = now
        one.leave = inside.add(one)
      } else one.guest.overdue()
    }
  }
  const sweeping = setInterval(sweep, every).unref()
  app.addHook('onClose', async () => clearInterval(sweeping))

  /** How many are being served, whether their answers are overdue or not. */
  let count = 0
  const isFull = () => count >= most || late > delay
  const enter = (guest: Guest): (() => void) => {
    count += 1
    const one: Inside = { guest, leave: () => undefined }
    one.leave = inside.add(one)
    return () => {
      count -= 1
      one.leave()
    }
  }
  const step: ArrivalStep = (request, reply) => {
    if (request.routeOptions.config.rateLimit === false) return undefined
    if (isFull()) {
      if (refused++ % toldRefusals === 0)
        app.log.warn({ inside: count, late, refused }, 'Requests are turned away')
      sendProblem(reply, overloaded(), request.id)
      return 'answered'
    }
    // Also when they go away before they are answered.
    reply.raw.once('close', enter(new FastifyGuest(request, reply)))
    return undefined
  }
  return { step, isFull, enter }
}
