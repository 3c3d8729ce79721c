import type { AnyDecider, Catalogue } from '#kernel'
import type { WebhookSecrets } from '../platform/security/webhook-signature.ts'
import type { Counters } from '../platform/security/counters/port.ts'
import type { Cache } from '../platform/storage/cache/port.ts'
import type { Blobs } from '../platform/storage/blobs/port.ts'
import type { PublishedDigests } from '../platform/storage/log-digests/port.ts'
import type { Reports } from '../platform/observability/reports/port.ts'
import type { LogStore } from '../platform/observability/logs/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Forgetting } from '../platform/security/erasure/port.ts'
import type { SigningKeys } from '../platform/security/keys/port.ts'
import type { CarrierRates } from '../platform/external/carriers/port.ts'
import type { Push } from '../platform/external/push/port.ts'
import type { Webhooks } from '../platform/external/webhooks/port.ts'
import type { PaymentProvider } from '../platform/external/payments/port.ts'
import type { IdentityProvider } from '../platform/external/oauth/port.ts'
import type { OutboundClient } from '../platform/outbound/port.ts'
import type { Passwords } from '../platform/security/passwords/port.ts'
import type { Executor } from '../runtime/execution.ts'
import type { Operations } from '../runtime/operations.ts'
import type { ReadModels } from '../runtime/reading.ts'
import type { Access, Caller } from './caller.ts'
import type { Cursors } from './cursors.ts'
import type { Processes } from './processes.ts'
import type { DeclaredWorkflow } from './workflow.ts'

/** Settings of files that users upload. */
export type MediaSettings = {
  /** Maximum sizes of files by kind, in bytes. */
  readonly caps: { readonly image: number; readonly video: number; readonly document: number }
  /** Maximum size of all files of a user, in bytes. */
  readonly perPerson: number
  /** Lifetime of URLs of files that need no token, in ms. */
  readonly linkTtl: number
  /** How long a file is stored that nothing refers to, in ms. */
  readonly unusedTtl: number
}

/** Settings that handlers depend on. */
export type Settings = {
  /** Issuer (`iss`) and audience (`aud`) of access tokens. */
  readonly issuer: string
  readonly audience: string
  /** Lifetime of an access token, in seconds. */
  readonly accessTokenTtl: number
  /** How long a session can be refreshed, in ms. */
  readonly sessionTtl: number
  /** Web pages of these origins may call the API; `*` allows all. */
  readonly corsOrigins: readonly string[]
  /** Whether browsers send the cookies over HTTPS only. */
  readonly secureCookies: boolean
  /** Secrets that sign the webhooks of carriers and of payment providers. Default: none, and no webhook is accepted. */
  readonly webhookSecrets?: {
    readonly shipping?: WebhookSecrets
    readonly payments?: WebhookSecrets
  }
  /** Base URL under which people reach Agora, where it differs from the one it is served at: `https://shop.example`. */
  readonly publicUrl?: string
  /** URL of the page of a trace in the trace store, with `{traceId}` in it. Default: none. */
  readonly tracesUrl?: string
  readonly media: MediaSettings
}

/** Issues and verifies access tokens: JSON Web Tokens (RFC 7519), signed with EdDSA (RFC 8037). */
export type AccessTokens = {
  /** @param id of the token (`jti`) */
  readonly issue: (
    caller: Pick<Caller, 'id' | 'roles' | 'sessionId'> & {
      readonly era?: number
      /** Number of the secret of a service account. */
      readonly secretNumber?: number
    },
    id: string,
  ) => string
  /**
   * Verifies a token's signature and expiry, but not whether it has been revoked. A service account has no rights yet.
   * @throws Problem 401 when the token is expired, foreign or invalid
   */
  readonly verify: (token: string) => Caller
}

/** An operation of a context, as service accounts may be granted it. */
export type DeclaredOperation = {
  readonly operationId: string
  readonly context: string
  readonly access: Access
  /** Whether its request or answer has secrets. */
  readonly hasSecrets: boolean
}

/** A dependency of Agora, and its health. */
export type Check = {
  readonly name: string
  readonly ok: boolean
  readonly detail?: string
  /** Whether the process is useful without it: then it does not affect readiness. */
  readonly optional?: boolean
}

/** Ports of route handlers; each handler takes the ones it needs. */
export type Ports = {
  readonly config: Settings
  readonly logger: { readonly warn: (details: object, message: string) => void }
  /** The store's clock, the same in all processes. */
  readonly clock: () => Date
  readonly executor: Executor
  readonly readModels: ReadModels
  readonly log: EventLog
  /** Bytes of files. */
  readonly blobs: Blobs
  /** Cache of computed answers, shared by all processes. */
  readonly cache: Cache
  readonly catalogue: Catalogue
  /** Every decider, for tools that fold any stream. */
  readonly deciders: readonly AnyDecider[]
  /** All types of scheduled jobs. */
  readonly workflows: readonly DeclaredWorkflow[]
  /** All operations of all contexts. */
  readonly declaredOperations: readonly DeclaredOperation[]
  readonly operations: Operations
  readonly passwords: Passwords
  readonly keys: SigningKeys
  readonly tokens: AccessTokens
  /**
   * Returns the caller of an access token; synchronously where this process has seen the token before.
   * @throws Problem 401 (or rejects with it) when the token is expired, revoked, foreign or invalid
   * @throws Unavailable (or rejects with it) when the log cannot be read
   */
  readonly authenticate: (token: string) => Caller | Promise<Caller>
  /** Base URL of the API, as browsers reach it: `https://shop.example/api/v1`. */
  readonly apiUrl: () => string
  readonly cursors: Cursors
  /** What carriers ask for deliveries. */
  readonly carriers: CarrierRates
  readonly paymentProvider: Pick<PaymentProvider, 'name'>
  /** The key that browsers subscribe to push messages with. */
  readonly push: Pick<Push, 'publicKey'>
  /** Judges the endpoints of webhooks. */
  readonly webhooks: Pick<Webhooks, 'faultOf'>
  /** Receipts of accounts whose personal data has been destroyed. */
  readonly forgetting: Pick<Forgetting, 'receiptOf'>
  /** OpenID providers that people may sign in with. Default: none. */
  readonly identityProviders?: readonly IdentityProvider[]
  /** Counts attempts, for limits. */
  readonly counters: Counters
  /** Clients of servers outside of Agora. Default: none. */
  readonly clients?: readonly OutboundClient[]
  /** This process within the cluster. */
  readonly processes: Processes
  /** Log lines of all processes. */
  readonly logs: Pick<LogStore, 'find'>
  /** What processes measured of themselves. */
  readonly reports: Pick<Reports, 'recent'>
  /** The chain of digests over the log. */
  readonly logDigests: PublishedDigests
  /** Checks all dependencies of Agora. */
  readonly checks: () => Promise<readonly Check[]>
  /** The metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

/**
 * Builds a value once for each set of ports: a service that has state between requests.
 * @param build called with the ports of a handler
 */
export const oncePerPorts = <P extends object, T>(build: (ports: P) => T): ((ports: P) => T) => {
  const built = new WeakMap<P, T>()
  return (ports) => {
    const before = built.get(ports)
    if (before !== undefined) return before
    const made = build(ports)
    built.set(ports, made)
    return made
  }
}
