import { parseArgs } from 'node:util'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { oauthProvidersOf, type OAuthProvider } from './config-oauth.ts'

/** What a process may do; by default it does all of it. */
export const roles = ['gateway', 'api', 'projections', 'sagas', 'jobs'] as const
/** See `roles`. */
export type Role = (typeof roles)[number]

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

/** The environment, as one schema: what may be set, and what it is for. Nothing has to be. */
export const Environment = Type.Object({
  PORT: Type.Optional(
    Type.String({
      pattern: '^\\d{1,5}$',
      description: 'Where HTTP is served. Default: 3000; 0 picks a free one',
    }),
  ),
  HOST: text('The address it is served on. Default: 127.0.0.1'),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#\\s]+(/[^?#\\s]*)?$',
      description:
        'Where people reach Agora: links in mails lead there. Default: where it is served, http://127.0.0.1:3000',
    }),
  ),
  AGORA_DATA: text('The folder of everything that Agora keeps itself. Default: .agora'),
  AGORA_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      description:
        'What all secrets of Agora follow from, the same on all machines, at least 32 characters that are hard to guess. Without it, one is made in <AGORA_DATA>/secret',
    }),
  ),
  AGORA_ROLES: Type.Optional(
    Type.String({
      pattern: `^(${roles.join('|')})(,(${roles.join('|')}))*$`,
      description: `What this process does, with commas between: ${roles.join(', ')}; or --roles. Default: all of it`,
    }),
  ),
  AGORA_CONTEXTS: Type.Optional(
    Type.String({
      pattern: '^[a-z]+(,[a-z]+)*$',
      description:
        'The contexts that an api process serves, with commas between; or --contexts. Default: all',
    }),
  ),
  AGORA_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#@]+$',
      description:
        'Where other processes of this Agora reach this one. Default: where it is served',
    }),
  ),
  AGORA_DIRECT_CALLS: Type.Optional(
    Type.Enum(['true', 'false'], {
      description:
        'Whether a process without the role gateway answers everybody, for development. Default: false',
    }),
  ),
  POSTGRES_URL: text('A PostgreSQL to use instead of the embedded one: postgres://…'),
  EVENTSTORE_URL: Type.Optional(
    Type.String({
      pattern: '^esdb(\\+discover)?://',
      description: 'An EventStoreDB to keep the event log in: esdb://… Without it, PostgreSQL does',
    }),
  ),
  AGORA_ESDB_PORT: Type.Optional(
    Type.String({
      pattern: '^(off|\\d{1,5})$',
      description:
        'Where the log is served over the protocol of EventStoreDB, or off. Default: 2113 if it is free; off with EVENTSTORE_URL',
    }),
  ),
  AGORA_ESDB_HOST: text(
    'The address of that; one that others reach needs a certificate. Default: 127.0.0.1',
  ),
  AGORA_ESDB_WRITABLE: Type.Optional(
    Type.Enum(['true', 'false'], {
      description:
        'Whether programs may append there, and see events whole instead of masked. Default: false',
    }),
  ),
  AGORA_ESDB_TLS_CERT: text(
    'With AGORA_ESDB_TLS_KEY: a certificate file (PEM); then analysts and admins sign in there',
  ),
  AGORA_ESDB_TLS_KEY: text('See AGORA_ESDB_TLS_CERT'),
  REDIS_URL: Type.Optional(
    Type.String({
      pattern: '^rediss?://',
      description:
        'A Redis that counts requests, caches and keeps jobs for all processes: redis://… Without it, each counts for itself',
    }),
  ),
  OAUTH_PROVIDERS: text(
    'Who else lets people sign in, by OpenID Connect: {"acme": {"issuer": "https://…", "clientId": "…", "clientSecret": "…"}}',
  ),
  SMTP_URL: text('A mail server: smtp://… Without it, mails are files in <AGORA_DATA>/outbox'),
  MAIL_FROM: text('Whom mails are from. Default: Agora <agora@localhost>'),
  ADMIN_EMAIL: text('With ADMIN_PASSWORD: an admin with these exists after the start'),
  ADMIN_PASSWORD: Type.Optional(
    Type.String({ minLength: 8, maxLength: 200, description: 'See ADMIN_EMAIL' }),
  ),
  ORDER_TIMEOUT: Type.Optional(
    Type.String({
      pattern: '^\\d+(ms|s|m|h)?$',
      description:
        'How long an order may remain unpaid: 90s, 15m; a bare number is in ms. Default: 15m',
    }),
  ),
  RATE_LIMIT: Type.Optional(
    Type.String({
      pattern: '^(off|\\d+)$',
      description:
        'Requests a minute of one user (a third of it of one address without a user), or off. Default: 300',
    }),
  ),
  CORS_ORIGINS: text(
    'Origins whose pages may call the API, with commas between them; * for all. Default: none',
  ),
  TRUST_PROXY: Type.Optional(
    Type.String({
      pattern: '^(true|false|\\d)$',
      description:
        'Whether a proxy says who the client is, or how many there are in a row. Default: false',
    }),
  ),
  SECURE_COOKIES: Type.Optional(
    Type.Enum(['true', 'false'], {
      description: 'Whether cookies are sent over HTTPS only. Default: false',
    }),
  ),
  LOG_LEVEL: Type.Optional(
    Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      description: 'What is logged. Default: info',
    }),
  ),
})

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
  /** Whether it answers everybody, though it is not the gateway. */
  readonly directCalls: boolean
  readonly postgresUrl?: string
  /** Where the log is; without it, in PostgreSQL. */
  readonly eventStoreUrl?: string
  /** Where the log is served over the protocol of EventStoreDB, if it is. */
  readonly eventStoreEndpoint?: {
    readonly port: number
    /** Whether it was asked for: then a port that is taken is a failure. */
    readonly asked: boolean
    readonly host: string
    readonly writable: boolean
    /** Files. */
    readonly tls?: { readonly cert: string; readonly key: string }
  }
  readonly redisUrl?: string
  /** Who else lets people sign in. */
  readonly oauthProviders: readonly OAuthProvider[]
  readonly smtpUrl?: string
  readonly mailFrom: string
  readonly admin?: { readonly email: string; readonly password: string }
  /** ms */
  readonly orderTimeout: number
  readonly rateLimit: false | { readonly perUser: number; readonly perIp: number }
  readonly corsOrigins: readonly string[]
  /** How many proxies stand in front; true for one. */
  readonly trustProxy: boolean | number
  readonly secureCookies: boolean
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

const limitOf = (text: string): Config['rateLimit'] => {
  if (text === 'off') return false
  const perUser = Math.max(1, Number(text))
  return { perUser, perIp: Math.max(1, Math.ceil(perUser / 3)) }
}

const endpointOf = (read: Static<typeof Environment>): Config['eventStoreEndpoint'] => {
  const {
    EVENTSTORE_URL: elsewhere,
    AGORA_ESDB_PORT: port = elsewhere === undefined ? undefined : 'off',
    AGORA_ESDB_TLS_CERT: cert,
    AGORA_ESDB_TLS_KEY: key,
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
    ...(cert !== undefined && key !== undefined && { tls: { cert, key } }),
  }
}

const providersOf = (text: string): readonly OAuthProvider[] => {
  const providers = oauthProvidersOf(text)
  if (typeof providers === 'string')
    throw new BadConfig(`The environment cannot be used: OAUTH_PROVIDERS ${providers}`)
  return providers
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
    const reason = error instanceof Error ? error.message : String(error)
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
  return {
    port: portOf('PORT', read.PORT ?? '3000'),
    host: read.HOST ?? '127.0.0.1',
    ...(read.PUBLIC_URL && { publicUrl: read.PUBLIC_URL.replace(/\/+$/, '') }),
    data: read.AGORA_DATA ?? '.agora',
    ...(read.AGORA_SECRET && { secret: read.AGORA_SECRET }),
    roles: new Set(
      read.AGORA_ROLES === undefined ? roles : listOf(read.AGORA_ROLES).filter(isRole),
    ),
    ...(read.AGORA_CONTEXTS && { contexts: new Set(listOf(read.AGORA_CONTEXTS)) }),
    ...(read.AGORA_URL && { advertisedUrl: read.AGORA_URL }),
    directCalls: read.AGORA_DIRECT_CALLS === 'true',
    ...(read.POSTGRES_URL && { postgresUrl: read.POSTGRES_URL }),
    ...(read.EVENTSTORE_URL && { eventStoreUrl: read.EVENTSTORE_URL }),
    ...(eventStoreEndpoint && { eventStoreEndpoint }),
    ...(read.REDIS_URL && { redisUrl: read.REDIS_URL }),
    oauthProviders: providersOf(read.OAUTH_PROVIDERS ?? '{}'),
    ...(read.SMTP_URL && { smtpUrl: read.SMTP_URL }),
    mailFrom: read.MAIL_FROM ?? 'Agora <agora@localhost>',
    ...(read.ADMIN_EMAIL &&
      read.ADMIN_PASSWORD && {
        admin: { email: read.ADMIN_EMAIL, password: read.ADMIN_PASSWORD },
      }),
    orderTimeout: durationOf(read.ORDER_TIMEOUT ?? '15m'),
    rateLimit: limitOf(read.RATE_LIMIT ?? '300'),
    corsOrigins: listOf(read.CORS_ORIGINS ?? ''),
    trustProxy: read.TRUST_PROXY === 'true' || Number(read.TRUST_PROXY ?? 0) || false,
    secureCookies: read.SECURE_COOKIES === 'true',
    logLevel: read.LOG_LEVEL ?? 'info',
  }
}
