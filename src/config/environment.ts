import { Type } from 'typebox'

/** Roles of a process; by default it has all of them. */
export const roles = ['gateway', 'api', 'projections', 'sagas', 'jobs'] as const
/** See `roles`. */
export type Role = (typeof roles)[number]

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

/** Addresses of the nodes of a cluster, and the prefix of the names of indices. */
const nodes = '^https?://[^,\\s?]+(,https?://[^,\\s?]+)*(\\?prefix=[a-z0-9][a-z0-9_-]*)?$'

/** Schema of the environment variables with their descriptions. None is required. */
export const Environment = Type.Object({
  PORT: Type.Optional(
    Type.String({
      pattern: '^\\d{1,5}$',
      description: 'Port of HTTP. Default: 3000; 0 picks a free one',
    }),
  ),
  HOST: text('Address that HTTP listens on. Default: 127.0.0.1'),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#\\s]+(/[^?#\\s]*)?$',
      description:
        'Public URL of Agora, for links in mails. Default: the URL that it listens on, http://127.0.0.1:3000',
    }),
  ),
  AGORA_DATA: text('Folder of the data that Agora stores itself. Default: .agora'),
  AGORA_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      description:
        'Secret from which all others are derived, the same on all machines, at least 32 random characters. Without it, one is created in <AGORA_DATA>/secret',
    }),
  ),
  AGORA_ROLES: Type.Optional(
    Type.String({
      pattern: `^(${roles.join('|')})(,(${roles.join('|')}))*$`,
      description: `Roles of this process, separated by commas: ${roles.join(', ')}; or --roles. Default: all`,
    }),
  ),
  AGORA_CONTEXTS: Type.Optional(
    Type.String({
      pattern: '^[a-z]+(,[a-z]+)*$',
      description:
        'Contexts that an api process serves, separated by commas; or --contexts. Default: all',
    }),
  ),
  AGORA_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#@]+$',
      description:
        'URL of this process for other processes of this Agora. Default: the URL that it listens on; with HOST=0.0.0.0 or ::, the first address of this machine',
    }),
  ),
  AGORA_UPSTREAMS: text(
    'Addresses of the contexts for a gateway, instead of the registry: ordering,payments=http://a:3000,http://b:3000;*=dns://api.example:3000',
  ),
  AGORA_DIRECT_CALLS: Type.Optional(
    Type.Enum(['true', 'false'], {
      description:
        'For development: whether a process without the role gateway answers unsigned requests; on a loopback HOST it also trusts x-user-id. Default: false',
    }),
  ),
  POSTGRES_URL: text(
    'A PostgreSQL to use instead of the embedded one: postgres://…, without application_name and options, which Agora sets',
  ),
  POSTGRES_READ_URL: text(
    'A read replica of that PostgreSQL (streaming replication): it answers reads without minPosition, and those whose position it has reached; the others, and all while it is away, go to the primary',
  ),
  POSTGRES_CONNECTIONS: Type.Optional(
    Type.String({
      pattern: '^[1-9]\\d{0,3}$',
      description:
        'Maximum number of pooled connections to PostgreSQL; up to a dozen more are for listening. Default: 24; 8 for a process with the role gateway only',
    }),
  ),
  AGORA_LEASE: Type.Optional(
    Type.String({
      pattern: '^\\d+(ms|s|m)?$',
      description:
        'Time without a heartbeat after which a process loses its leases, its jobs and its entry in the registry: from 1s to 5m, the same for all processes; a bare number is in ms. Default: 10s',
    }),
  ),
  EVENTSTORE_URL: Type.Optional(
    Type.String({
      pattern: '^esdb(\\+discover)?://',
      description: 'An EventStoreDB for the event log: esdb://… Default: PostgreSQL stores it',
    }),
  ),
  AGORA_ESDB_PORT: Type.Optional(
    Type.String({
      pattern: '^(off|\\d{1,5})$',
      description:
        'Port on which the log is served over the protocol of EventStoreDB, or off. Default: 2113 if it is free; off with EVENTSTORE_URL',
    }),
  ),
  AGORA_ESDB_HOST: text(
    'Address that this endpoint listens on; one other than loopback needs a certificate. Default: 127.0.0.1',
  ),
  AGORA_ESDB_WRITABLE: Type.Optional(
    Type.Enum(['true', 'false'], {
      description:
        'Whether clients may append there, events of declared types only, and read events unmasked. Default: false',
    }),
  ),
  AGORA_ESDB_MAX_APPEND_SIZE: Type.Optional(
    Type.String({
      pattern: '^[1-9]\\d{3,7}$',
      description:
        'Maximum size of one append there, in bytes, from 1000 to 99999999; a single event is limited to 1 MiB. Default: 1048576, as in EventStoreDB',
    }),
  ),
  AGORA_ESDB_TLS_CERT: text(
    'With AGORA_ESDB_TLS_KEY: a certificate file (PEM); analysts and admins then sign in there',
  ),
  AGORA_ESDB_TLS_KEY: text('See AGORA_ESDB_TLS_CERT'),
  REDIS_URL: Type.Optional(
    Type.String({
      pattern: '^rediss?://',
      description:
        'A Redis for rate limits, cache, process bus and mail jobs of all processes: redis://… Without it, each process counts for itself',
    }),
  ),
  REDIS_URL_BEFORE: Type.Optional(
    Type.String({
      pattern: '^(none|rediss?://.*)$',
      description:
        'After a change of REDIS_URL: the previous one, so that mails that wait there are sent; none gives them up',
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
        'After MONGO_URL was removed: the previous one, which answers queries until its read models are rebuilt in PostgreSQL',
    }),
  ),
  ELASTICSEARCH_URL: Type.Optional(
    Type.String({
      pattern: nodes,
      description:
        'An Elasticsearch for the read models that declare it: http://host:9200, several nodes separated by commas; in a shared cluster with ?prefix=shop_ for the names of indices. Without it, they are in PostgreSQL',
    }),
  ),
  ELASTICSEARCH_URL_BEFORE: Type.Optional(
    Type.String({
      pattern: nodes,
      description:
        'After ELASTICSEARCH_URL was removed: the previous one, which answers queries until its read models are rebuilt in PostgreSQL',
    }),
  ),
  OAUTH_PROVIDERS: text(
    'Identity providers for signing in, by OpenID Connect: {"acme": {"issuer": "https://…", "clientId": "…", "clientSecret": "…"}}',
  ),
  SMTP_URL: text('A mail server: smtp://… Without it, mails are files in <AGORA_DATA>/outbox'),
  MAIL_FROM: text('Sender of mails. Default: Agora <agora@localhost>'),
  ADMIN_EMAIL: text('With ADMIN_PASSWORD: an admin with these credentials exists after the start'),
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
        'Maximum requests per minute of one user, and of one address without a user; a quarter of it for signing in and registering, per address; or off. Default: 1200',
    }),
  ),
  ANSWER_CACHE: Type.Optional(
    Type.String({
      pattern: '^(off|\\d+(ms|s|m|h)?)$',
      description:
        'Maximum time that a gateway caches public answers: 5s; a bare number is in ms; or off. Events invalidate cached answers at once. Default: 5s',
    }),
  ),
  CORS_ORIGINS: text(
    'Origins whose pages may call the API, separated by commas; * for all. Default: none',
  ),
  TRUST_PROXY: Type.Optional(
    Type.String({
      pattern: '^(true|false|\\d)$',
      description:
        'Whether a trusted proxy sets X-Forwarded-For, or the number of proxies in a row. Default: false',
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
        'Bearer token that gives access to /metrics from anywhere. Without it, only direct requests from this machine or a private network have access',
    }),
  ),
  LOG_LEVEL: Type.Optional(
    Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      description: 'Minimum level of log lines. Default: info',
    }),
  ),
})
