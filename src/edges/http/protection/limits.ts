import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Counters } from '../../../platform/security/counters/port.ts'
import type { HttpConfig } from '../dependencies.ts'
import { Problem } from '../../../serving/problem.ts'

/** Window of the rate limits, in ms. */
const window = 60_000

/**
 * Factor by which the limit of an address is lower on sign-in routes: hashing a password takes a core 40 ms. The limit
 * suffices for an office behind one address; guesses are limited for each account as well (`lockout.ts`).
 */
const signInDivisor = 4

/** Returns the counter key of an address: with IPv6, one customer has the 2^64 addresses of a network (RFC 6177). */
const addressOf = ({ ip }: Pick<FastifyRequest, 'ip'>): string => `address:${normalizeIP(ip)}`

/** Returns the counter key of a request: its user or its address. */
const keyOf = (request: Pick<FastifyRequest, 'ip' | 'caller'>): string =>
  request.caller ? `user:${request.caller.id}` : addressOf(request)

/** Outcome of counting a request. */
export type Quota = {
  /** The `RateLimit-*` headers of the answer. */
  readonly headers: Readonly<Record<string, string>>
  /** The problem of a request beyond the limit. */
  readonly refusal: Problem | undefined
}

/** Counts a request that does not pass through Fastify, with the same counters. */
export type CountRequest = (request: Pick<FastifyRequest, 'ip' | 'caller'>) => Promise<Quota>

/**
 * Creates a counter with the limits of `limits`.
 * @returns undefined without a limit
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
      refusal: count > max ? tooManyRequests(resetMs) : undefined,
    }
  }
}

/** @param waitMs time until the window ends, in ms */
const tooManyRequests = (waitMs: number): Problem => {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1_000))
  return new Problem(
    429,
    'too_many_requests',
    `Too many requests within a minute; wait ${retryAfter} seconds.`,
    undefined,
    { retryAfter },
  )
}

/** The plugin's callback for a count. */
type CountCallback = (error: Error | null, counted?: { current: number; ttl: number }) => void

/** Adapts the shared counters to the plugin. */
const storeOf = (counters: Counters) =>
  class Store {
    readonly incr = (key: string, report: CountCallback): void => {
      counters.add(`rate:${key}`, window).then(
        ({ count: current, resetMs: ttl }) => report(null, { current, ttl }),
        (error: unknown) => report(error instanceof Error ? error : new Error(String(error))),
      )
    }
    readonly child = (): Store => this
  }

/** Counts a request for the lower limit of sign-ins. @returns the problem of a request beyond the limit */
type CountSignIn = (request: FastifyRequest, reply: FastifyReply) => Promise<Problem | undefined>

const signInCounter = (perIp: number, counters: Counters): CountSignIn => {
  const max = Math.max(1, Math.ceil(perIp / signInDivisor))
  return async (request, reply) => {
    const { config, url } = request.routeOptions
    if (!config.sealed || config.access !== 'public') return undefined
    const counted = await counters
      .add(`rate:${addressOf(request)} ${url}`, window)
      .catch(() => undefined)
    if (!counted || counted.count <= max) return undefined
    reply.headers({
      'ratelimit-limit': max,
      'ratelimit-remaining': 0,
      'ratelimit-reset': Math.ceil(counted.resetMs / 1_000),
    })
    return tooManyRequests(counted.resetMs)
  }
}

/**
 * Limits the requests that come through gRPC as `limits` does all of them, with the same counters: for a process behind a
 * gateway, which has counted the others.
 */
export const grpcLimits = (
  app: FastifyInstance,
  { grpcRateLimit: rateLimits = false }: Pick<HttpConfig, 'grpcRateLimit'>,
  counters: Counters,
): void => {
  const count = requestCounter({ rateLimit: rateLimits }, counters)
  if (!rateLimits || !count) return
  const countSignIn = signInCounter(rateLimits.perIp, counters)
  const refusalOf = async (request: FastifyRequest, reply: FastifyReply) => {
    const { headers, refusal } = await count(request)
    reply.headers(headers)
    return refusal ?? (await countSignIn(request, reply))
  }
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.isGrpc || request.routeOptions.config.rateLimit === false) return done()
    const counted = (refusal: Error | undefined): void => done(refusal)
    void refusalOf(request, reply).then(counted, counted)
  })
}

/**
 * Limits the requests of each user, and of each address without a user, per minute. Every answer has the remaining number
 * (`RateLimit-*`), and a refusal has `Retry-After`. While the counters are unavailable, requests are admitted.
 * @param counters shared by all processes, where they are configured
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
    errorResponseBuilder: (_request, { ttl }) => tooManyRequests(ttl),
  })

  const countSignIn = signInCounter(limit.perIp, counters)
  app.addHook('preParsing', async (request, reply) => {
    const refusal = await countSignIn(request, reply)
    if (refusal) throw refusal
  })
}
