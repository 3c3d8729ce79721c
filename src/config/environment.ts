import { Type } from 'typebox'

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
        'Where other processes of this Agora reach this one. Default: where it is served; with HOST=0.0.0.0 or ::, at the first address of this machine',
    }),
  ),
  AGORA_UPSTREAMS: text(
    'Where a gateway finds who serves what, instead of in the registry: ordering,payments=http://a:3000,http://b:3000;*=dns://api.example:3000',
  ),
  AGORA_DIRECT_CALLS: Type.Optional(
    Type.Enum(['true', 'false'], {
      description:
        'For development: whether a process without the role gateway answers everybody; on a loopback HOST it also believes x-user-id. Default: false',
    }),
  ),
  POSTGRES_URL: text(
    'A PostgreSQL to use instead of the embedded one: postgres://…, without application_name and options, which Agora sets',
  ),
  POSTGRES_CONNECTIONS: Type.Optional(
    Type.String({
      pattern: '^[1-9]\\d{0,3}$',
      description:
        'How many connections to PostgreSQL this process shares out among requests, at the most; up to a dozen more are for what waits for news. Default: 24; 8 for a gateway alone',
    }),
  ),
  AGORA_LEASE: Type.Optional(
    Type.String({
      pattern: '^\\d+(ms|s|m)?$',
      description:
        'How long a process that shows no sign of life keeps its work, its jobs and its place in the registry: from 1s to 5m, the same for all processes; a bare number is in ms. Default: 10s',
    }),
  ),
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
        'Whether programs may append there, events of declared types only, and see events whole instead of masked. Default: false',
    }),
  ),
  AGORA_ESDB_MAX_APPEND_SIZE: Type.Optional(
    Type.String({
      pattern: '^[1-9]\\d{3,7}$',
      description:
        'The most that one append there may weigh, in bytes, from 1000 to 99999999; no event is larger than 1 MiB. Default: 1048576, as in EventStoreDB',
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
  REDIS_URL_BEFORE: Type.Optional(
    Type.String({
      pattern: '^(none|rediss?://.*)$',
      description:
        'After a change of REDIS_URL: the one before, so that mails that wait there are sent; none gives them up',
    }),
  ),
  MONGO_URL: Type.Optional(
    Type.String({
      pattern: '^mongodb(\\+srv)?://',
      description:
        'A MongoDB for the read models that declare it: mongodb://host:27017/agora. Without it, they are in PostgreSQL',
    }),
  ),
  MONGO_URL_BEFORE: Type.Optional(
    Type.String({
      pattern: '^mongodb(\\+srv)?://',
      description:
        'After MONGO_URL was removed: the one before, which answers queries until its read models are rebuilt in PostgreSQL',
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
        'Requests a minute of one user, and of one address without a user; a quarter of it where people sign in or register, of one address; or off. Default: 1200',
    }),
  ),
  ANSWER_CACHE: Type.Optional(
    Type.String({
      pattern: '^(off|\\d+(ms|s|m|h)?)$',
      description:
        'How long a gateway keeps answers that are the same for everybody, at the most: 5s; a bare number is in ms; or off. An event that concerns one ends it at once. Default: 5s',
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
  METRICS_TOKEN: Type.Optional(
    Type.String({
      minLength: 16,
      description:
        'Who sends it as a bearer token may read /metrics from anywhere. Without it, only who asks a process itself, from this machine or a private network',
    }),
  ),
  LOG_LEVEL: Type.Optional(
    Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      description: 'What is logged. Default: info',
    }),
  ),
})
