import type { FastifyBaseLogger } from 'fastify'
import type { Catalogue } from '#kernel'
import type { Cache } from '../platform/cache/port.ts'
import type { EventLog, Slice } from '../platform/event-log/port.ts'
import type { Counters } from '../platform/counters/port.ts'
import type { Forgetting } from '../platform/forgetting/port.ts'
import type { SigningKeys } from '../platform/keys/port.ts'
import type { IdentityProvider } from '../platform/oauth/port.ts'
import type { Passwords } from '../platform/passwords/port.ts'
import type { Receipts } from '../platform/receipts/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import type { Operations } from '../platform/runtime/operations.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import type { Processes } from './processes.ts'
import type { Bearable } from './protection/shedding.ts'

/** What the HTTP side may be told by the environment. */
export type HttpConfig = {
  /** Who signs access tokens (`iss`), and whom they are for (`aud`). */
  readonly issuer: string
  readonly audience: string
  /** How long an access token is good for, in seconds. */
  readonly accessTokenTtl: number
  /** How long a session may be refreshed, in ms. */
  readonly sessionTtl: number
  /** Requests a minute, of one user and of one address without a user; false switches limits off. */
  readonly rateLimit: false | { readonly perUser: number; readonly perIp: number }
  /** Web pages of these origins may call the API; `*` allows all. */
  readonly corsOrigins: readonly string[]
  /** How many proxies in front of Agora say who the client is (`X-Forwarded-For`); true for one. */
  readonly trustProxy: boolean | number
  /** Whether the cookie is sent over HTTPS only. */
  readonly secureCookies: boolean
  /** Who sends it as a bearer token is told how Agora is from anywhere; without it, only who is near. */
  readonly metricsToken?: string
  /** How much is taken on before it is too much; left out, what is usual. */
  readonly bearable?: Bearable
  /** Where people reach Agora, when that is not where it is served: `https://shop.example`. */
  readonly publicUrl?: string
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

/** One thing that Agora needs, and how it is. */
export type Check = {
  readonly name: string
  readonly ok: boolean
  readonly detail?: string
  /** Whether a process is of use without it: then it is well to ask, but not to wait for. */
  readonly optional?: boolean
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

/** All that the HTTP side is handed. */
export type HttpDependencies = {
  readonly config: HttpConfig
  readonly logger: FastifyBaseLogger
  /** The same one in all processes. */
  readonly clock: () => Date
  readonly executor: Executor
  readonly readModels: ReadModels
  readonly log: EventLog
  readonly catalogue: Catalogue
  readonly operations: Operations
  readonly receipts: Receipts
  readonly passwords: Passwords
  readonly keys: SigningKeys
  /** Tells whether somebody who has left is forgotten. */
  readonly forgetting: Pick<Forgetting, 'receiptOf'>
  /** Who else lets people sign in here; nobody, when left out. */
  readonly identityProviders?: readonly IdentityProvider[]
  /** Counts what is tried too often. */
  readonly counters: Counters
  /** Tells what happens, wherever it was decided. */
  readonly feed: {
    /** What comes after a position; waits until there is something. @throws the signal's reason */
    readonly next: (
      after: bigint,
      options: { readonly signal: AbortSignal; readonly types?: readonly string[] },
    ) => Promise<Slice>
    /** The end of the log, as far as it has been heard of. */
    readonly head: () => bigint
  }
  /** Keeps answers that are the same for everybody, so long at the most (ms); nobody does, when left out. */
  readonly keeping?: { readonly cache: Cache; readonly life: number }
  /** This process among the others; without it, it is the only one. */
  readonly processes?: Processes
  /** Looks after everything that Agora needs. */
  readonly checks: () => Promise<readonly Check[]>
  /** The metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
  /** Told of every request that was answered. */
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
