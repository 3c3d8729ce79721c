import type { FastifyBaseLogger } from 'fastify'
import type { Cache } from '../../platform/storage/cache/port.ts'
import type { Tracer } from '../../platform/observability/tracing/port.ts'
import type { Receipts } from '../../platform/storage/idempotency/port.ts'
import type { Authenticating, Authenticator } from '../../serving/authenticator.ts'
import type { Module } from '../../serving/module.ts'
import type { MediaSettings, Ports, Settings } from '../../serving/ports.ts'
import type { WebApp } from './web-app.ts'
import type { LoadLimits } from './protection/shedding.ts'
import type { EventFeed, NewestEvents } from '../../serving/event-feed.ts'

/** Settings of the HTTP edge. */
export type HttpConfig = Settings & {
  /** Requests per minute for each user, and for each address without a user; false disables the limits. */
  readonly rateLimit: false | { readonly perUser: number; readonly perIp: number }
  /** The same for requests that come through gRPC alone, where a gateway counts all others. Default: none */
  readonly grpcRateLimit?: HttpConfig['rateLimit']
  /** Number of proxies in front of Agora that append to `X-Forwarded-For`; true for one. */
  readonly trustProxy: boolean | number
  /** Bearer token that opens metrics and details of health from any address; without it, only private networks see them. */
  readonly metricsToken?: string
  /** Load beyond which requests are shed; default `defaultLoadLimits`. */
  readonly loadLimits?: LoadLimits
}

const mebibyte = 1024 * 1024

/** Defaults of files that users upload. */
export const defaultMediaSettings: MediaSettings = {
  caps: { image: 20 * mebibyte, video: 200 * mebibyte, document: 20 * mebibyte },
  perPerson: 2_048 * mebibyte,
  linkTtl: 60 * 60_000,
  unusedTtl: 24 * 60 * 60_000,
}

/** Defaults for a single machine. */
export const defaultHttpConfig: HttpConfig = {
  issuer: 'agora',
  audience: 'agora',
  accessTokenTtl: 15 * 60,
  sessionTtl: 30 * 24 * 60 * 60_000,
  rateLimit: { perUser: 1_200, perIp: 1_200 },
  corsOrigins: [],
  trustProxy: false,
  secureCookies: false,
  media: defaultMediaSettings,
}

/** A served request, as metrics record it. */
export type Served = {
  readonly method: string
  /** The route's pattern, which bounds the number of label values. */
  readonly route: string
  readonly status: number
  /** Duration in ms. */
  readonly duration: number
}

/** The dependencies of the HTTP edge. */
export type HttpDependencies = Omit<
  Ports,
  | 'config'
  | 'logger'
  | 'tokens'
  | 'cursors'
  | 'authenticate'
  | 'apiUrl'
  | 'deciders'
  | 'workflows'
  | 'declaredOperations'
> & {
  readonly config: HttpConfig
  readonly logger: FastifyBaseLogger
  /** Contexts and operations, whose routes are served. */
  readonly modules: readonly Module[]
  readonly receipts: Receipts
  /** Creates the authenticator of access tokens. */
  readonly authenticator: (means: Authenticating) => Authenticator
  /** Announces events of all processes. */
  readonly feed: EventFeed & NewestEvents
  /** Response cache for answers that are the same for all callers, with their lifetime in ms. Default: none. */
  readonly keeping?: { readonly cache: Cache; readonly life: number }
  /** Further documents beside OpenAPI, by file name; each is called once, when it is first requested. Default: none. */
  readonly documents?: Readonly<Record<string, () => object>>
  /** The front end. Default: none, and plain pages for the links in mails. */
  readonly webApp?: WebApp | undefined
  /** Traces requests. Default: untraced. */
  readonly tracer?: Tracer | undefined
  /** Called after every request. */
  readonly served?: (served: Served) => void
}

/** Field names that a logger must redact, as paths for pino's `redact`: at the top level and two levels below. */
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
