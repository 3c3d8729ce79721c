import { parseArgs } from 'node:util'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Environment, roles, type Role } from './config/environment.ts'
import { blobStoresOf, type BlobStores } from './config/blob-stores.ts'
import { bridgesOf, type BridgeSettings } from './config/bridges.ts'
import { faultOf } from './config/faults.ts'
import { oauthProvidersOf, type OAuthProvider } from './config/oauth.ts'
import {
  elasticsearchProblem,
  mongoProblem,
  postgresProblem,
  redisProblem,
} from './config/store-urls.ts'
import { tracingOf, type TracingSettings } from './config/tracing.ts'
import { upstreamsOf, type UpstreamSetting } from './config/upstreams.ts'
import { rebuildGatesOf, type SetGate } from './config/rebuild-gates.ts'
import { parsedWebhookSecrets } from './config/webhook-secrets.ts'
import { messageOf } from '#kernel/error-message'

/** Configuration of a process, read once. */
export type Config = {
  readonly port: number
  readonly host: string
  /** Public URL of Agora without a trailing slash; default: the URL that it listens on. */
  readonly publicUrl?: string
  /** Path of the data folder. */
  readonly data: string
  /** Secret from which all others are derived; default: the content of a file. */
  readonly secret?: string
  readonly roles: ReadonlySet<Role>
  /** Contexts that an `api` process serves; all when undefined. */
  readonly contexts?: ReadonlySet<string>
  /** URL for other processes; default: derived from the address that it listens on. */
  readonly advertisedUrl?: string
  /** Addresses of contexts for a gateway; default: the registry. */
  readonly upstreams?: readonly UpstreamSetting[]
  /** Whether the process answers unsigned requests without being a gateway. */
  readonly directCalls: boolean
  readonly postgresUrl?: string
  /** URL of a read replica of PostgreSQL. */
  readonly postgresReadUrl?: string
  /** Maximum number of pooled connections to PostgreSQL, besides those with a single purpose. */
  readonly postgresConnections: number
  /** Time without a heartbeat after which a process loses its leases, jobs and registry entry, in ms. */
  readonly lease: number
  /** Maximum time of a stop, in ms; the process exits then. */
  readonly stopTimeout: number
  /** URL of the EventStoreDB with the log; default: the log is in PostgreSQL. */
  readonly eventStoreUrl?: string
  /** Endpoint with the protocol of EventStoreDB; undefined when it is off. */
  readonly eventStoreEndpoint?: {
    readonly port: number
    /** Whether the port is configured: then a port in use is an error, not a warning. */
    readonly isExplicit: boolean
    readonly host: string
    /** Host, with or without a port, at which clients reach it; default: by `host`. */
    readonly advertised?: string
    readonly writable: boolean
    /** Maximum size of one append, in bytes; default: that of EventStoreDB. */
    readonly maxAppendBytes?: number
    /** Paths of PEM files. */
    readonly tls?: { readonly cert: string; readonly key: string }
  }
  /** gRPC of a process with the role `api`; undefined where it is not served. */
  readonly grpc?: {
    readonly port: number
    /** Paths of PEM files. */
    readonly tls?: { readonly cert: string; readonly key: string }
  }
  /** URL of the MongoDB for the read models that declare it. */
  readonly mongoUrl?: string
  /** URL of the previous MongoDB, which answers queries until its read models are rebuilt elsewhere. */
  readonly mongoUrlBefore?: string
  /** Members of MongoDB's replica set that answer reads without a position; default: `primary`. */
  readonly mongoReads?: 'primary' | 'nearest'
  /** Elasticsearch of the read models that declare it. */
  readonly elasticsearchUrl?: string
  /** Elasticsearch that read models leave: it answers until they are rebuilt elsewhere. */
  readonly elasticsearchUrlBefore?: string
  /** Shards and replicas of new indices; those that are left out have their defaults. */
  readonly elasticsearchSharding: { readonly shards?: number; readonly replicas?: number }
  readonly redisUrl?: string
  /** The previous Redis, whose jobs are still run; `none` gives up jobs in any previous one. */
  readonly redisUrlBefore?: string
  /** Brokers that events are published to. */
  readonly bridges: BridgeSettings
  /** Identity providers for signing in. */
  readonly oauthProviders: readonly OAuthProvider[]
  readonly smtpUrl?: string
  readonly mailFrom: string
  /** Gateway of text messages, with its credentials. */
  readonly smsUrl?: string
  readonly smsFrom: string
  readonly admin?: { readonly email: string; readonly password: string }
  /** Time that an order may remain unpaid, in ms. */
  readonly orderTimeout: number
  /** Number of followers up to which posts of an author are written into their timelines. */
  readonly feedFanOut: number
  /** Pause before each audit of some documents of a read model, in ms; 0 for none. */
  readonly auditEvery: number
  /** Pause until new events are in the chain of digests of the log, in ms; 0 for no chain. */
  readonly logDigestEvery: number
  /** Gates of rebuilds that begin by themselves, by the name of the read model. */
  readonly rebuildGates: ReadonlyMap<string, SetGate>
  /** Numbers of runners of read models, by name; those that are left out have one. */
  readonly projectionRunners: ReadonlyMap<string, number>
  /** Secrets of the webhooks of carriers and of the payment provider: one for all, or by the names of the senders. */
  readonly webhookSecrets: {
    readonly shipping?: string | Readonly<Record<string, string>>
    readonly payments?: string | Readonly<Record<string, string>>
  }
  readonly rateLimit: false | { readonly perUser: number; readonly perIp: number }
  /** Maximum time that public answers are cached, in ms; 0 disables the cache. */
  readonly answerCache: number
  readonly corsOrigins: readonly string[]
  /** Hosts of endpoints of webhooks that may be private. */
  readonly webhookPrivateHosts: readonly string[]
  /** How long a delivery of a webhook is listed after it has ended, in ms; 0: for ever. */
  readonly webhookDeliveryTtl: number
  /** Number of trusted proxies in front; true for one. */
  readonly trustProxy: boolean | number
  readonly secureCookies: boolean
  /** Limits of files that users upload. */
  readonly media: {
    /** Maximum sizes of files by kind, in bytes. */
    readonly caps: { readonly image: number; readonly video: number; readonly document: number }
    /** Maximum size of all files of a user, in bytes. */
    readonly perPerson: number
    /** Lifetime of URLs of files that need no token, in ms. */
    readonly linkTtl: number
    /** How long a file is stored that nothing refers to, in ms. */
    readonly unusedTtl: number
  }
  /** Where the bytes of files are stored. */
  readonly blobs: BlobStores
  /** Bearer token that gives access to the metrics from anywhere. */
  readonly metricsToken?: string
  readonly logLevel: string
  /** Trace store; default: nothing is traced. */
  readonly tracing?: TracingSettings
  /** URL of the page of a trace in the trace store, with `{traceId}` in it. */
  readonly tracesUrl?: string
}

/** Invalid environment or command line. */
export class BadConfig extends Error {
  override name = 'BadConfig'
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Parses a duration such as `90s` to ms. */
const durationOf = (text: string): number => {
  const [, count = '', unit = 'ms'] = /^(\d+)(ms|s|m|h|d)?$/.exec(text) ?? []
  return Number(count) * units[unit as keyof typeof units]
}

const sizes = { k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 } as const

/** Parses a size such as `20m` to bytes. */
const sizeOf = (text: string): number => {
  const [, count = '', unit] = /^(\d+)([kmg])?$/.exec(text) ?? []
  return Number(count) * (unit === undefined ? 1 : sizes[unit as keyof typeof sizes])
}

/** Parses a duration from 1 s to 5 min to ms. @throws BadConfig with the name of the variable otherwise */
const durationWithin = (name: string, text: string): number => {
  const duration = durationOf(text)
  if (duration < 1_000 || duration > 5 * 60_000)
    throw new BadConfig(`The environment is invalid: ${name} must be from 1s to 5m`)
  return duration
}

const limitOf = (text: string): Config['rateLimit'] => {
  if (text === 'off') return false
  const limit = Math.max(1, Number(text))
  return { perUser: limit, perIp: limit }
}

const endpointOf = (read: Static<typeof Environment>): Config['eventStoreEndpoint'] => {
  const {
    EVENTSTORE_URL: eventStoreUrl,
    AGORA_ESDB_PORT: port = eventStoreUrl === undefined ? undefined : 'off',
    AGORA_ESDB_TLS_CERT: cert,
    AGORA_ESDB_TLS_KEY: key,
    AGORA_ESDB_MAX_APPEND_SIZE: limit,
  } = read
  if ((cert === undefined) !== (key === undefined))
    throw new BadConfig(
      'The environment is invalid: AGORA_ESDB_TLS_CERT and AGORA_ESDB_TLS_KEY must be set together',
    )
  if (port === 'off') return undefined
  return {
    port: portOf('AGORA_ESDB_PORT', port ?? '2113'),
    isExplicit: port !== undefined,
    host: read.AGORA_ESDB_HOST ?? '127.0.0.1',
    ...(read.AGORA_ESDB_ADVERTISED !== undefined && { advertised: read.AGORA_ESDB_ADVERTISED }),
    writable: read.AGORA_ESDB_WRITABLE === 'true',
    ...(limit !== undefined && { maxAppendBytes: Number(limit) }),
    ...(cert !== undefined && key !== undefined && { tls: { cert, key } }),
  }
}

const providersOf = (text: string): readonly OAuthProvider[] => {
  const providers = oauthProvidersOf(text)
  if (typeof providers === 'string')
    throw new BadConfig(`The environment is invalid: OAUTH_PROVIDERS ${providers}`)
  return providers
}

/** Returns the secrets of webhooks. @throws BadConfig, without a secret in it */
const webhookSecretsOf = (
  variable: string,
  text: string,
): string | Readonly<Record<string, string>> => {
  const secrets = parsedWebhookSecrets(text)
  if (secrets === undefined)
    throw new BadConfig(
      `The environment is invalid: ${variable} must be one secret, or JSON of secrets by the names of their senders, each of at least 16 characters`,
    )
  return secrets
}

/** Returns the stores of the bytes of files. @throws BadConfig, without a secret in it */
const blobStoresFrom = (read: Static<typeof Environment>, caps: Config['media']['caps']) => {
  const stores = blobStoresOf(read, Math.max(...Object.values(caps)))
  if (typeof stores === 'string') throw new BadConfig(`The environment is invalid: ${stores}`)
  return stores
}

const upstreamsFrom = (text: string): readonly UpstreamSetting[] => {
  const upstreams = upstreamsOf(text)
  if (typeof upstreams === 'string')
    throw new BadConfig(`The environment is invalid: AGORA_UPSTREAMS ${upstreams}`)
  return upstreams
}

/** Returns the number of runners of a read model, by its name. @param entry `orders:2` */
const runnersOf = (entry: string): readonly [string, number] => {
  const [name = '', number] = entry.split(':')
  return [name, Number(number)]
}

/** Session settings of Agora that a URL would override: process names, and limits for clients that hang. */
const ownSettings = ['application_name', 'options'] as const

/** Checks that a URL can be parsed. The message leaves the URL out, as it may have a password. */
const urlOf = (variable: string, url: string): string => {
  if (URL.canParse(url)) return url
  throw new BadConfig(
    `The environment is invalid: ${variable} is no valid URL; characters such as / ? # @ % in a password are written as %2F, %3F, …`,
  )
}

/** Returns the URL of a store. @throws BadConfig when it has a problem */
const checkedUrl = (
  variable: string,
  url: string,
  problemOf: (url: string) => string | undefined,
): string => {
  const problem = problemOf(url)
  if (problem !== undefined)
    throw new BadConfig(`The environment is invalid: ${variable} ${problem}`)
  return url
}

const postgresUrlOf = (variable: string, text: string): string => {
  const url = checkedUrl(variable, urlOf(variable, text), postgresProblem)
  const given = new URLSearchParams(url.split('?', 2)[1])
  const own = ownSettings.filter((name) => given.has(name))
  if (own.length > 0)
    throw new BadConfig(
      `The environment is invalid: ${variable} must not have ${own.join(' and ')}, which Agora sets itself`,
    )
  return url
}

/** Settings of gRPC. @throws BadConfig */
const grpcOf = ({
  AGORA_GRPC_PORT: port,
  AGORA_GRPC_TLS_CERT: cert,
  AGORA_GRPC_TLS_KEY: key,
}: Static<typeof Environment>): Config['grpc'] => {
  if ((cert === undefined) !== (key === undefined))
    throw new BadConfig(
      'The environment is invalid: AGORA_GRPC_TLS_CERT and AGORA_GRPC_TLS_KEY must be set together',
    )
  if (port === undefined) return undefined
  return { port: portOf('AGORA_GRPC_PORT', port), ...(cert && key && { tls: { cert, key } }) }
}

const portOf = (name: string, text: string): number => {
  if (Number(text) > 65_535)
    throw new BadConfig(`The environment is invalid: ${name} must be at most 65535`)
  return Number(text)
}

/** Splits a text at commas. */
const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)

const isRole = (name: string): name is Role => roles.some((role) => role === name)

/**
 * Returns the environment with the values of the command line, which precede.
 * @param args `--roles api --contexts ordering,payments`
 * @throws BadConfig for any other argument
 */
export const withArguments = (
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Readonly<Record<string, string | undefined>> => {
  try {
    const { roles: asRoles, contexts } = parseArgs({
      args: [...args],
      options: { roles: { type: 'string' }, contexts: { type: 'string' } },
    }).values
    return {
      ...env,
      ...(asRoles !== undefined && { AGORA_ROLES: asRoles }),
      ...(contexts !== undefined && { AGORA_CONTEXTS: contexts }),
    }
  } catch (error) {
    const reason = messageOf(error)
    throw new BadConfig(`The command line is invalid: ${reason}`)
  }
}

const validator = Compile(Environment)

/**
 * Reads the configuration from the environment. An empty variable counts as not set.
 * @throws BadConfig naming every invalid variable
 */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const set: unknown = Object.fromEntries(
    Object.keys(Environment.properties).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  )
  if (!validator.Check(set)) {
    const problems = validator.Errors(set).map(faultOf)
    throw new BadConfig(`The environment is invalid: ${problems.join('; ')}`)
  }
  const read: Static<typeof Environment> = set
  if ((read.ADMIN_EMAIL === undefined) !== (read.ADMIN_PASSWORD === undefined))
    throw new BadConfig(
      'The environment is invalid: ADMIN_EMAIL and ADMIN_PASSWORD must be set together',
    )
  const eventStoreEndpoint = endpointOf(read)
  const grpc = grpcOf(read)
  const own: ReadonlySet<Role> = new Set(
    read.AGORA_ROLES === undefined ? roles : listOf(read.AGORA_ROLES).filter(isRole),
  )
  if (read.AGORA_CONTEXTS && !own.has('api'))
    throw new BadConfig(
      'The environment is invalid: AGORA_CONTEXTS (--contexts) requires the role api',
    )
  const caps = {
    image: sizeOf(read.MEDIA_MAX_IMAGE ?? '20m'),
    video: sizeOf(read.MEDIA_MAX_VIDEO ?? '200m'),
    document: sizeOf(read.MEDIA_MAX_DOCUMENT ?? '20m'),
  }
  // Such a process reads little itself.
  const isGatewayAlone = own.has('gateway') && own.size === 1
  return {
    port: portOf('PORT', read.PORT ?? '3000'),
    host: read.HOST ?? '127.0.0.1',
    ...(read.PUBLIC_URL && { publicUrl: read.PUBLIC_URL.replace(/\/+$/, '') }),
    data: read.AGORA_DATA ?? '.agora',
    ...(read.AGORA_SECRET && { secret: read.AGORA_SECRET }),
    roles: own,
    ...(read.AGORA_CONTEXTS && { contexts: new Set(listOf(read.AGORA_CONTEXTS)) }),
    ...(read.AGORA_URL && { advertisedUrl: read.AGORA_URL }),
    ...(read.AGORA_UPSTREAMS && { upstreams: upstreamsFrom(read.AGORA_UPSTREAMS) }),
    directCalls: read.AGORA_DIRECT_CALLS === 'true',
    ...(read.POSTGRES_URL && { postgresUrl: postgresUrlOf('POSTGRES_URL', read.POSTGRES_URL) }),
    ...(read.POSTGRES_READ_URL && {
      postgresReadUrl: postgresUrlOf('POSTGRES_READ_URL', read.POSTGRES_READ_URL),
    }),
    postgresConnections: Number(read.POSTGRES_CONNECTIONS ?? (isGatewayAlone ? 8 : 24)),
    lease: durationWithin('AGORA_LEASE', read.AGORA_LEASE ?? '10s'),
    stopTimeout: durationWithin('AGORA_STOP_TIMEOUT', read.AGORA_STOP_TIMEOUT ?? '9500ms'),
    ...(read.EVENTSTORE_URL && { eventStoreUrl: read.EVENTSTORE_URL }),
    ...(eventStoreEndpoint && { eventStoreEndpoint }),
    ...(grpc && { grpc }),
    ...(read.MONGO_URL && { mongoUrl: checkedUrl('MONGO_URL', read.MONGO_URL, mongoProblem) }),
    ...(read.MONGO_URL_BEFORE && {
      mongoUrlBefore: checkedUrl('MONGO_URL_BEFORE', read.MONGO_URL_BEFORE, mongoProblem),
    }),
    ...(read.MONGO_READS && { mongoReads: read.MONGO_READS === 'nearest' ? 'nearest' : 'primary' }),
    ...(read.ELASTICSEARCH_URL && {
      elasticsearchUrl: checkedUrl(
        'ELASTICSEARCH_URL',
        read.ELASTICSEARCH_URL,
        elasticsearchProblem,
      ),
    }),
    ...(read.ELASTICSEARCH_URL_BEFORE && {
      elasticsearchUrlBefore: checkedUrl(
        'ELASTICSEARCH_URL_BEFORE',
        read.ELASTICSEARCH_URL_BEFORE,
        elasticsearchProblem,
      ),
    }),
    elasticsearchSharding: {
      ...(read.ELASTICSEARCH_SHARDS && { shards: Number(read.ELASTICSEARCH_SHARDS) }),
      ...(read.ELASTICSEARCH_REPLICAS && { replicas: Number(read.ELASTICSEARCH_REPLICAS) }),
    },
    ...(read.REDIS_URL && { redisUrl: checkedUrl('REDIS_URL', read.REDIS_URL, redisProblem) }),
    ...(read.REDIS_URL_BEFORE && { redisUrlBefore: read.REDIS_URL_BEFORE }),
    bridges: bridgesOf({
      ...read,
      ...(read.AMQP_URL && { AMQP_URL: urlOf('AMQP_URL', read.AMQP_URL) }),
    }),
    oauthProviders: providersOf(read.OAUTH_PROVIDERS ?? '{}'),
    ...(read.SMTP_URL && { smtpUrl: urlOf('SMTP_URL', read.SMTP_URL) }),
    mailFrom: read.MAIL_FROM ?? 'Agora <agora@localhost>',
    ...(read.SMS_URL && { smsUrl: urlOf('SMS_URL', read.SMS_URL) }),
    smsFrom: read.SMS_FROM ?? 'Agora',
    ...(read.ADMIN_EMAIL &&
      read.ADMIN_PASSWORD && {
        admin: { email: read.ADMIN_EMAIL, password: read.ADMIN_PASSWORD },
      }),
    orderTimeout: durationOf(read.ORDER_TIMEOUT ?? '15m'),
    feedFanOut: Number(read.FEED_FAN_OUT ?? 5_000),
    auditEvery: read.AUDIT_EVERY === 'off' ? 0 : durationOf(read.AUDIT_EVERY ?? '10m'),
    logDigestEvery: read.LOG_DIGEST_EVERY === 'off' ? 0 : durationOf(read.LOG_DIGEST_EVERY ?? '1m'),
    rebuildGates: rebuildGatesOf(read.AGORA_REBUILD_GATE ?? ''),
    projectionRunners: new Map(listOf(read.AGORA_PROJECTION_RUNNERS ?? '').map(runnersOf)),
    webhookSecrets: {
      ...(read.SHIPPING_WEBHOOK_SECRET && {
        shipping: webhookSecretsOf('SHIPPING_WEBHOOK_SECRET', read.SHIPPING_WEBHOOK_SECRET),
      }),
      ...(read.PAYMENT_WEBHOOK_SECRET && {
        payments: webhookSecretsOf('PAYMENT_WEBHOOK_SECRET', read.PAYMENT_WEBHOOK_SECRET),
      }),
    },
    rateLimit: limitOf(read.RATE_LIMIT ?? '1200'),
    answerCache: read.ANSWER_CACHE === 'off' ? 0 : durationOf(read.ANSWER_CACHE ?? '5s'),
    corsOrigins: listOf(read.CORS_ORIGINS ?? ''),
    webhookPrivateHosts: listOf(read.WEBHOOK_PRIVATE_HOSTS ?? ''),
    webhookDeliveryTtl:
      read.WEBHOOK_DELIVERY_TTL === 'off' ? 0 : durationOf(read.WEBHOOK_DELIVERY_TTL ?? '30d'),
    trustProxy: read.TRUST_PROXY === 'true' || Number(read.TRUST_PROXY ?? 0) || false,
    secureCookies: read.SECURE_COOKIES === 'true',
    media: {
      caps,
      perPerson: sizeOf(read.MEDIA_MAX_PER_PERSON ?? '2g'),
      linkTtl: durationOf(read.MEDIA_LINK_TTL ?? '1h'),
      unusedTtl: durationOf(read.MEDIA_UNUSED_TTL ?? '24h'),
    },
    blobs: blobStoresFrom(read, caps),
    ...(read.METRICS_TOKEN && { metricsToken: read.METRICS_TOKEN }),
    ...tracingOf(read),
    ...(read.TRACES_URL && { tracesUrl: read.TRACES_URL }),
    logLevel: read.LOG_LEVEL ?? 'info',
  }
}
