import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Counters } from '../../../platform/security/counters/port.ts'
import type { HttpConfig } from '../dependencies.ts'
import { Problem } from '../../../serving/problem.ts'

/** What is counted is counted for so long, ms. */
const window = 60_000

/**
 * Where people prove who they are, an address may try a quarter as often as elsewhere: what costs a hash of a password
 * costs a core for 40 ms. An office behind one address has room; who guesses is slowed for each account by itself
 * (`lockout.ts`).
 */
const strictness = 4

/** Whom an address stands for: with IPv6, one customer has the 2^64 addresses of a network (RFC 6177). */
const addressOf = ({ ip }: Pick<FastifyRequest, 'ip'>): string => `address:${normalizeIP(ip)}`

/** Whose requests a request is counted with. */
const keyOf = (request: Pick<FastifyRequest, 'ip' | 'caller'>): string =>
  request.caller ? `user:${request.caller.id}` : addressOf(request)

/** What counting a request comes to. */
export type Quota = {
  /** What the answer says of it. */
  readonly headers: Readonly<Record<string, string>>
  /** What the request is refused with, when it is one too many. */
  readonly refusal: Problem | undefined
}

/** Counts a request that does not come through Fastify, together with those that do. */
export type CountRequest = (request: Pick<FastifyRequest, 'ip' | 'caller'>) => Promise<Quota>

/**
 * Counts as `limits` does.
 * @returns undefined where nothing is limited
 */
export const requestCounter = (
  { rateLimit: limit }: Pick<HttpConfig, 'rateLimit'>,
  counters: Counters,
): CountRequest | undefined => {
  if (!limit) return undefined
  return async (request) => {
    const max = request.caller ? limit.perUser : limit.perIp
    const { count, resetMs } = await counters
      .add(`rate:${keyOf(request)}`, window)
      .catch(() => ({ count: 0, resetMs: 0 }))
    return {
      headers: {
        'ratelimit-limit': String(max),
        'ratelimit-remaining': String(Math.max(0, max - count)),
        'ratelimit-reset': String(Math.ceil(resetMs / 1_000)),
      },
      refusal: count > max ? tooMany(resetMs) : undefined,
    }
  }
}

/** @param waitMs until the window ends */
const tooMany = (waitMs: number): Problem => {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1_000))
  return new Problem(
    429,
    'too_many_requests',
    `That was too much for one minute; wait ${retryAfter} seconds.`,
    undefined,
    { retryAfter },
  )
}

/** How the plugin asks for a count. */
type Told = (error: Error | null, counted?: { current: number; ttl: number }) => void

/** Lets the plugin count by what everything else is counted by. */
const storeOf = (counters: Counters) =>
  class Store {
    readonly incr = (key: string, told: Told): void => {
      counters.add(`rate:${key}`, window).then(
        ({ count: current, resetMs: ttl }) => told(null, { current, ttl }),
        (error: unknown) => told(error instanceof Error ? error : new Error(String(error))),
      )
    }
    readonly child = (): Store => this
  }

/**
 * Counts the requests of each user, and of each address without a user, and turns away what is too much for a minute.
 * Every answer says how many are left (`RateLimit-*`); a refusal says when to come back. Should nobody be able to count,
 * requests are let in.
 * @param counters shared by all processes, where they are
 */
export const limits = async (
  app: FastifyInstance,
  { rateLimit: limit }: Pick<HttpConfig, 'rateLimit'>,
  counters: Counters,
): Promise<void> => {
  if (!limit) return
  await app.register(rateLimit, {
    timeWindow: window,
    max: ({ caller }) => (caller ? limit.perUser : limit.perIp),
    keyGenerator: keyOf,
    enableDraftSpec: true,
    store: storeOf(counters),
    skipOnError: true,
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  })

  const most = Math.max(1, Math.ceil(limit.perIp / strictness))
  app.addHook('preParsing', async (request, reply) => {
    const { config, url } = request.routeOptions
    if (!config.sealed || config.access !== 'public') return
    const counted = await counters
      .add(`rate:${addressOf(request)} ${url}`, window)
      .catch(() => undefined)
    if (!counted || counted.count <= most) return
    reply.headers({
      'ratelimit-limit': most,
      'ratelimit-remaining': 0,
      'ratelimit-reset': Math.ceil(counted.resetMs / 1_000),
    })
    throw tooMany(counted.resetMs)
  })
}
