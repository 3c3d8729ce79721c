import type { FastifyBaseLogger } from 'fastify'
import type { Cache } from '../../platform/storage/cache/port.ts'
import type { Receipts } from '../../platform/storage/idempotency/port.ts'
import type { Authenticating, Authenticator } from '../../serving/authenticator.ts'
import type { Module } from '../../serving/module.ts'
import type { Ports, Settings } from '../../serving/ports.ts'
import type { Bearable } from './protection/shedding.ts'
import type { EventFeed } from '../../serving/event-feed.ts'

/** Settings of the HTTP side. */
export type HttpConfig = Settings & {
  /** Requests a minute, by user, and by address without a user; false switches limits off. */
  readonly rateLimit: false | { readonly perUser: number; readonly perIp: number }
  /** Number of proxies in front of Agora that append to `X-Forwarded-For`; true for one. */
  readonly trustProxy: boolean | number
  /** Bearer token that opens metrics and details of health from anywhere; without it, only networks nearby see them. */
  readonly metricsToken?: string
  /** Load beyond which requests are shed; left out, the usual one. */
  readonly bearable?: Bearable
}

/** Good for one machine. */
export const defaultHttpConfig: HttpConfig = {
  issuer: 'agora',
  audience: 'agora',
  accessTokenTtl: 15 * 60,
  sessionTtl: 30 * 24 * 60 * 60_000,
  rateLimit: { perUser: 1_200, perIp: 1_200 },
  corsOrigins: [],
  trustProxy: false,
  secureCookies: false,
}

/** One request, as metrics count it. */
export type Served = {
  readonly method: string
  /** The route's pattern, so that there are few of them. */
  readonly route: string
  readonly status: number
  /** ms */
  readonly duration: number
}

/** Everything that the HTTP side is given. */
export type HttpDependencies = Omit<
  Ports,
  'config' | 'logger' | 'tokens' | 'cursors' | 'authenticate' | 'apiUrl' | 'deciders'
> & {
  readonly config: HttpConfig
  readonly logger: FastifyBaseLogger
  /** Contexts and operations, whose routes are served. */
  readonly modules: readonly Module[]
  readonly receipts: Receipts
  /** Builds what recognises callers by their tokens. */
  readonly authenticator: (means: Authenticating) => Authenticator
  /** Announces what is recorded, by whichever process. */
  readonly feed: EventFeed
  /** Response cache for answers that are the same for everybody, with their lifetime in ms. Default: none. */
  readonly keeping?: { readonly cache: Cache; readonly life: number }
  /** Called after every request. */
  readonly served?: (served: Served) => void
}

/** What a logger must never write down, as paths for pino's `redact`: by these names, at the top or below it. */
export const redactedPaths: readonly string[] = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'clientSecret',
  'client_secret',
  'codeVerifier',
  'code_verifier',
].flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])
