import { parseArgs } from 'node:util'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Environment, roles, type Role } from './config/environment.ts'
import { oauthProvidersOf, type OAuthProvider } from './config/oauth.ts'
import { upstreamsOf, type UpstreamSetting } from './config/upstreams.ts'
import { messageOf } from '#kernel/error-message'

/** What Agora was told, read once. */
export type Config = {
  readonly port: number
  readonly host: string
  /** Where people reach Agora, without a slash at the end; when left out, where it is served. */
  readonly publicUrl?: string
  /** A folder. */
  readonly data: string
  /** What all secrets follow from; without it, what is in a file. */
  readonly secret?: string
  readonly roles: ReadonlySet<Role>
  /** The contexts that it serves, as an `api` process; all of them when undefined. */
  readonly contexts?: ReadonlySet<string>
  /** Where other processes reach this one, when that is not where it is served. */
  readonly advertisedUrl?: string
  /** Where a gateway finds who serves what; without it, in the registry. */
  readonly upstreams?: readonly UpstreamSetting[]
  /** Whether it answers everybody, though it is not the gateway. */
  readonly directCalls: boolean
  readonly postgresUrl?: string
  /** So many connections to PostgreSQL are shared out at the most, beside those of one purpose. */
  readonly postgresConnections: number
  /** How long a process without a sign of life keeps its leases, its jobs and its place in the registry, in ms. */
  readonly lease: number
  /** Where the log is; without it, in PostgreSQL. */
  readonly eventStoreUrl?: string
  /** Where the log is served over the protocol of EventStoreDB, if it is. */
  readonly eventStoreEndpoint?: {
    readonly port: number
    /** Whether it was asked for: then a port that is taken is a failure. */
    readonly asked: boolean
    readonly host: string
    readonly writable: boolean
    /** The most that one append may weigh, in bytes; without it, as much as in EventStoreDB. */
    readonly maxAppendBytes?: number
    /** Files. */
    readonly tls?: { readonly cert: string; readonly key: string }
  }
  /** MongoDB of the read models that declare it. */
  readonly mongoUrl?: string
  /** MongoDB that read models leave: it answers until they are rebuilt elsewhere. */
  readonly mongoUrlBefore?: string
  readonly redisUrl?: string
  /** A Redis whose jobs are to be finished; `none` gives up what waits in any. */
  readonly redisUrlBefore?: string
  /** Who else lets people sign in. */
  readonly oauthProviders: readonly OAuthProvider[]
  readonly smtpUrl?: string
  readonly mailFrom: string
  readonly admin?: { readonly email: string; readonly password: string }
  /** ms */
  readonly orderTimeout: number
  readonly rateLimit: false | { readonly perUser: number; readonly perIp: number }
  /** How long answers that are the same for everybody are kept at the most, in ms; 0 keeps none. */
  readonly answerCache: number
  readonly corsOrigins: readonly string[]
  /** How many proxies stand in front; true for one. */
  readonly trustProxy: boolean | number
  readonly secureCookies: boolean
  /** Who has it may read metrics from anywhere. */
  readonly metricsToken?: string
  readonly logLevel: string
}

/** The environment says something that cannot be meant. */
export class BadConfig extends Error {
  override name = 'BadConfig'
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** `90s` in ms. */
const durationOf = (text: string): number => {
  const [, count = '', unit = 'ms'] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? []
  return Number(count) * units[unit as keyof typeof units]
}

const leaseOf = (text: string): number => {
  const lease = durationOf(text)
  if (lease < 1_000 || lease > 5 * 60_000)
    throw new BadConfig('The environment cannot be used: AGORA_LEASE is from 1s to 5m')
  return lease
}

const limitOf = (text: string): Config['rateLimit'] => {
  if (text === 'off') return false
  const most = Math.max(1, Number(text))
  return { perUser: most, perIp: most }
}

const endpointOf = (read: Static<typeof Environment>): Config['eventStoreEndpoint'] => {
  const {
    EVENTSTORE_URL: elsewhere,
    AGORA_ESDB_PORT: port = elsewhere === undefined ? undefined : 'off',
    AGORA_ESDB_TLS_CERT: cert,
    AGORA_ESDB_TLS_KEY: key,
    AGORA_ESDB_MAX_APPEND_SIZE: most,
  } = read
  if ((cert === undefined) !== (key === undefined))
    throw new BadConfig(
      'The environment cannot be used: AGORA_ESDB_TLS_CERT and AGORA_ESDB_TLS_KEY go together',
    )
  if (port === 'off') return undefined
  return {
    port: portOf('AGORA_ESDB_PORT', port ?? '2113'),
    asked: port !== undefined,
    host: read.AGORA_ESDB_HOST ?? '127.0.0.1',
    writable: read.AGORA_ESDB_WRITABLE === 'true',
    ...(most !== undefined && { maxAppendBytes: Number(most) }),
    ...(cert !== undefined && key !== undefined && { tls: { cert, key } }),
  }
}

const providersOf = (text: string): readonly OAuthProvider[] => {
  const providers = oauthProvidersOf(text)
  if (typeof providers === 'string')
    throw new BadConfig(`The environment cannot be used: OAUTH_PROVIDERS ${providers}`)
  return providers
}

const upstreamsFrom = (text: string): readonly UpstreamSetting[] => {
  const upstreams = upstreamsOf(text)
  if (typeof upstreams === 'string')
    throw new BadConfig(`The environment cannot be used: AGORA_UPSTREAMS ${upstreams}`)
  return upstreams
}

/** What Agora sets for every session, and a URL would override: names of processes, and limits of clients that hang. */
const ownSettings = ['application_name', 'options'] as const

const postgresUrlOf = (url: string): string => {
  const given = new URLSearchParams(url.split('?', 2)[1])
  const own = ownSettings.filter((name) => given.has(name))
  if (own.length > 0)
    throw new BadConfig(
      `The environment cannot be used: POSTGRES_URL must not have ${own.join(' and ')}, which Agora sets itself`,
    )
  return url
}

const portOf = (name: string, text: string): number => {
  if (Number(text) > 65_535)
    throw new BadConfig(`The environment cannot be used: ${name} is at most 65535`)
  return Number(text)
}

/** What stands between commas. */
const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)

const isRole = (name: string): name is Role => roles.some((role) => role === name)

/**
 * The environment with what the command line says, which goes before.
 * @param args `--roles api --contexts ordering,payments`
 * @throws BadConfig when it says anything else
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
    throw new BadConfig(`The command line cannot be used: ${reason}`)
  }
}

const validator = Compile(Environment)

/**
 * Reads the environment. What is empty counts as not set.
 * @throws BadConfig naming every variable that cannot be meant
 */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const set: unknown = Object.fromEntries(
    Object.keys(Environment.properties).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  )
  if (!validator.Check(set)) {
    const problems = validator
      .Errors(set)
      .map(({ instancePath, message }) => `${instancePath.slice(1)} ${message}`)
    throw new BadConfig(`The environment cannot be used: ${problems.join('; ')}`)
  }
  const read: Static<typeof Environment> = set
  if ((read.ADMIN_EMAIL === undefined) !== (read.ADMIN_PASSWORD === undefined))
    throw new BadConfig(
      'The environment cannot be used: ADMIN_EMAIL and ADMIN_PASSWORD go together',
    )
  const eventStoreEndpoint = endpointOf(read)
  const own: ReadonlySet<Role> = new Set(
    read.AGORA_ROLES === undefined ? roles : listOf(read.AGORA_ROLES).filter(isRole),
  )
  if (read.AGORA_CONTEXTS && !own.has('api'))
    throw new BadConfig(
      'The environment cannot be used: AGORA_CONTEXTS (--contexts) is for processes with the role api',
    )
  // It reads little itself.
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
    ...(read.POSTGRES_URL && { postgresUrl: postgresUrlOf(read.POSTGRES_URL) }),
    postgresConnections: Number(read.POSTGRES_CONNECTIONS ?? (isGatewayAlone ? 8 : 24)),
    lease: leaseOf(read.AGORA_LEASE ?? '10s'),
    ...(read.EVENTSTORE_URL && { eventStoreUrl: read.EVENTSTORE_URL }),
    ...(eventStoreEndpoint && { eventStoreEndpoint }),
    ...(read.MONGO_URL && { mongoUrl: read.MONGO_URL }),
    ...(read.MONGO_URL_BEFORE && { mongoUrlBefore: read.MONGO_URL_BEFORE }),
    ...(read.REDIS_URL && { redisUrl: read.REDIS_URL }),
    ...(read.REDIS_URL_BEFORE && { redisUrlBefore: read.REDIS_URL_BEFORE }),
    oauthProviders: providersOf(read.OAUTH_PROVIDERS ?? '{}'),
    ...(read.SMTP_URL && { smtpUrl: read.SMTP_URL }),
    mailFrom: read.MAIL_FROM ?? 'Agora <agora@localhost>',
    ...(read.ADMIN_EMAIL &&
      read.ADMIN_PASSWORD && {
        admin: { email: read.ADMIN_EMAIL, password: read.ADMIN_PASSWORD },
      }),
    orderTimeout: durationOf(read.ORDER_TIMEOUT ?? '15m'),
    rateLimit: limitOf(read.RATE_LIMIT ?? '1200'),
    answerCache: read.ANSWER_CACHE === 'off' ? 0 : durationOf(read.ANSWER_CACHE ?? '5s'),
    corsOrigins: listOf(read.CORS_ORIGINS ?? ''),
    trustProxy: read.TRUST_PROXY === 'true' || Number(read.TRUST_PROXY ?? 0) || false,
    secureCookies: read.SECURE_COOKIES === 'true',
    ...(read.METRICS_TOKEN && { metricsToken: read.METRICS_TOKEN }),
    logLevel: read.LOG_LEVEL ?? 'info',
  }
}
