import { Type } from 'typebox'

/** Roles of a process; by default it has all of them. */
export const roles = ['gateway', 'api', 'projections', 'sagas', 'jobs'] as const
/** See `roles`. */
export type Role = (typeof roles)[number]

/**
 * A variable that matches a pattern.
 * @param expected what the pattern allows, in words; follows "must be"
 */
const matching = (pattern: string, expected: string, description: string) =>
  Type.Optional(Type.String({ pattern, expected, description }))

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

/** Addresses of the nodes of a cluster, and a parameter. */
const nodes = '^https?://[^,\\s?#]+(,https?://[^,\\s?#]+)*(\\?.*)?$'

/** URL of a PostgreSQL. */
const postgres = '^postgres(ql)?://'
const postgresExpected = 'a URL like postgres://user:password@host:5432/agora'

/** URL of a server, without a path. */
const endpoint = '^https?://[^/?#@\\s]+/?$'
const endpointExpected = 'a URL like http://host:9000, without a path'

/** A read model, and its number of runners. */
const runners = '[a-z][a-z0-9_]*:([1-9]|1[0-6])'

/** A size in bytes. */
const size = '^\\d{1,12}[kmg]?$'
const sizeExpected = 'a number of bytes, or a size like 500k, 20m or 2g'

/** Schema of the environment variables with their descriptions. None is required. */
export const Environment = Type.Object({
  PORT: matching(
    '^\\d{1,5}$',
    'a number from 0 to 65535',
    'Port of HTTP. Default: 3000; 0 picks a free one',
  ),
  HOST: text('Address that HTTP listens on. Default: 127.0.0.1'),
  PUBLIC_URL: matching(
    '^https?://[^/?#\\s]+(/[^?#\\s]*)?$',
    'a URL like https://shop.example, without ? and #',
    'Public URL of Agora, for links in mails. Default: the URL that it listens on, http://127.0.0.1:3000',
  ),
  AGORA_DATA: text('Folder of the data that Agora stores itself. Default: .agora'),
  AGORA_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      description:
        'Secret from which all others are derived, the same on all machines, at least 32 random characters. Without it, one is created in <AGORA_DATA>/secret',
    }),
  ),
  AGORA_ROLES: matching(
    `^(${roles.join('|')})(,(${roles.join('|')}))*$`,
    `one of ${roles.join(', ')}, or several separated by commas (--roles)`,
    `Roles of this process, separated by commas: ${roles.join(', ')}; or --roles. Default: all`,
  ),
  AGORA_CONTEXTS: matching(
    '^[a-z]+(,[a-z]+)*$',
    'names of contexts, such as ordering,payments',
    'Contexts that an api process serves, separated by commas; or --contexts. Default: all',
  ),
  AGORA_URL: matching(
    '^https?://[^/?#@]+$',
    'a URL like http://10.0.0.7:3000, without a path',
    'URL of this process for other processes of this Agora. Default: the URL that it listens on; with HOST=0.0.0.0 or ::, the first address of this machine',
  ),
  AGORA_UPSTREAMS: text(
    'Addresses of the contexts for a gateway, instead of the registry: ordering,payments=http://a:3000,http://b:3000;*=dns://api.example:3000',
  ),
  AGORA_DIRECT_CALLS: Type.Optional(
    Type.Enum(['true', 'false'], {
      description:
        'For development: whether a process without the role gateway answers unsigned requests, and gRPC unsigned calls; on a loopback HOST it also trusts x-user-id. Default: false',
    }),
  ),
  POSTGRES_URL: matching(
    postgres,
    postgresExpected,
    'A PostgreSQL to use instead of the embedded one: postgres://…, without application_name and options, which Agora sets',
  ),
  POSTGRES_READ_URL: matching(
    postgres,
    postgresExpected,
    'A read replica of that PostgreSQL (streaming replication): it answers reads without minPosition, and those whose position it has reached; the others, and all while it is away, go to the primary',
  ),
  POSTGRES_CONNECTIONS: matching(
    '^[1-9]\\d{0,3}$',
    'a number from 1 to 9999',
    'Maximum number of pooled connections to PostgreSQL; up to ten more are for short statements, leases and listening. Default: 24; 8 for a process with the role gateway only',
  ),
  AGORA_LEASE: matching(
    '^\\d+(ms|s|m)?$',
    'a duration like 10s or 1m',
    'Time without a heartbeat after which a process loses its leases, its jobs and its entry in the registry: from 1s to 5m, the same for all processes; a bare number is in ms. Default: 10s',
  ),
  AGORA_STOP_TIMEOUT: matching(
    '^\\d+(ms|s|m)?$',
    'a duration like 20s',
    'Maximum time of a stop, after which the process exits with 1: below the time that the supervisor grants, from 1s to 5m; a bare number is in ms. Default: 9500ms, as Docker grants 10 s',
  ),
  EVENTSTORE_URL: matching(
    '^esdb(\\+discover)?://',
    'a URL that begins with esdb:// or esdb+discover://',
    'An EventStoreDB for the event log: esdb://… Default: PostgreSQL stores it',
  ),
  AGORA_GRPC_PORT: matching(
    '^\\d{1,5}$',
    'a number from 0 to 65535',
    'Port on which a process with the role api serves gRPC (proto/), at the address HOST. Default: gRPC is not served',
  ),
  AGORA_GRPC_TLS_CERT: text(
    'With AGORA_GRPC_TLS_KEY: a certificate file (PEM) of gRPC. Default: no TLS',
  ),
  AGORA_GRPC_TLS_KEY: text('See AGORA_GRPC_TLS_CERT'),
  AGORA_ESDB_PORT: matching(
    '^(off|\\d{1,5})$',
    'off, or a number from 0 to 65535',
    'Port on which the log is served over the protocol of EventStoreDB, or off. Default: 2113 if it is free; off with EVENTSTORE_URL',
  ),
  AGORA_ESDB_HOST: text(
    'Address that this endpoint listens on; one other than loopback needs a certificate. Default: 127.0.0.1',
  ),
  AGORA_ESDB_ADVERTISED: matching(
    '^[A-Za-z0-9._-]+(:\\d{1,5})?$',
    'a host name or address, with or without :port',
    'Address at which clients reach this endpoint, given to clients of other processes when this one serves the persistent subscriptions. Default: AGORA_ESDB_HOST; the name of the machine where that is a wildcard',
  ),
  AGORA_ESDB_WRITABLE: Type.Optional(
    Type.Enum(['true', 'false'], {
      description:
        'Whether clients may append there, events of declared types only, and read events unmasked. Default: false',
    }),
  ),
  AGORA_ESDB_MAX_APPEND_SIZE: matching(
    '^[1-9]\\d{3,7}$',
    'a number from 1000 to 99999999',
    'Maximum size of one append there, in bytes, from 1000 to 99999999; a single event is limited to 1 MiB. Default: 1048576, as in EventStoreDB',
  ),
  AGORA_ESDB_TLS_CERT: text(
    'With AGORA_ESDB_TLS_KEY: a certificate file (PEM); analysts and admins then sign in there',
  ),
  AGORA_ESDB_TLS_KEY: text('See AGORA_ESDB_TLS_CERT'),
  REDIS_URL: matching(
    '^rediss?://',
    'a URL that begins with redis:// or rediss://',
    'A Redis for rate limits, cache, process bus and mail jobs of all processes: redis://…; several nodes of a cluster separated by commas, or one with ?cluster=true. Without it, each process counts for itself',
  ),
  REDIS_URL_BEFORE: matching(
    '^(none|rediss?://.*)$',
    'none, or a URL that begins with redis:// or rediss://',
    'After a change of REDIS_URL: the previous one, so that mails that wait there are sent; none gives them up',
  ),
  MONGO_URL: matching(
    '^mongodb(\\+srv)?://',
    'a URL that begins with mongodb:// or mongodb+srv://',
    'A MongoDB for the read models that declare it: mongodb://host:27017/agora. Without it, they are in PostgreSQL',
  ),
  MONGO_URL_BEFORE: matching(
    '^mongodb(\\+srv)?://',
    'a URL that begins with mongodb:// or mongodb+srv://',
    'After MONGO_URL was removed: the previous one, which answers queries until its read models are rebuilt in PostgreSQL',
  ),
  MONGO_READS: matching(
    '^(primary|nearest)$',
    'primary or nearest',
    'Members of a replica set of MongoDB that answer reads without a position: primary (default), or nearest, which may lag behind; each answer says its position',
  ),
  ELASTICSEARCH_URL: matching(
    nodes,
    'a URL like http://host:9200, or several separated by commas; then ?prefix=shop_ where indices have one',
    'An Elasticsearch for the read models that declare it: http://host:9200, several nodes separated by commas; in a shared cluster with ?prefix=shop_ for the names of indices. Without it, they are in PostgreSQL',
  ),
  ELASTICSEARCH_URL_BEFORE: matching(
    nodes,
    'a URL like http://host:9200, or several separated by commas; then ?prefix=shop_ where indices have one',
    'After ELASTICSEARCH_URL was removed: the previous one, which answers queries until its read models are rebuilt in PostgreSQL',
  ),
  AMQP_URL: matching(
    '^amqps?://',
    'a URL that begins with amqp:// or amqps://',
    'A RabbitMQ that events are published to, and that commands are taken from: amqp://user:password@host:5672',
  ),
  AMQP_QUEUES: matching(
    '^(off|[a-z_]+(,[a-z_]+)*)$',
    'off, or names of queues separated by commas',
    'Queues of the sources that are declared there, such as user_queue,search_queue, or off; one that nobody reads grows. Default: all five',
  ),
  AMQP_COMMANDS: Type.Optional(
    Type.Enum(['true', 'false'], {
      description: 'Whether commands are taken from the queue agora.commands there. Default: true',
    }),
  ),
  KAFKA_BROKERS: matching(
    '^[^,:/\\s]+:\\d{1,5}(,[^,:/\\s]+:\\d{1,5})*$',
    'addresses like host:9092, separated by commas',
    'A Kafka that events are published to: host:9092, several brokers separated by commas',
  ),
  KAFKA_SASL: Type.Optional(
    Type.Enum(['plain', 'scram-sha-256', 'scram-sha-512'], {
      description:
        'How Agora signs in at that Kafka, with KAFKA_USER and KAFKA_PASSWORD. Default: it does not',
    }),
  ),
  KAFKA_USER: text('See KAFKA_SASL'),
  KAFKA_PASSWORD: text('See KAFKA_SASL'),
  KAFKA_PASSWORD_FILE: text('A file with the password, instead of KAFKA_PASSWORD'),
  KAFKA_TLS: Type.Optional(
    Type.Enum(['true', 'false'], {
      description: 'Whether that Kafka is connected to over TLS. Default: false',
    }),
  ),
  KAFKA_CA: text(
    'With KAFKA_TLS: a file of certificates (PEM) that sign those of its brokers. Default: those that the system trusts',
  ),
  NATS_URL: matching(
    '^(nats|tls)://[^,\\s]+(,(nats|tls)://[^,\\s]+)*$',
    'a URL that begins with nats:// or tls://, several separated by commas',
    'A NATS with JetStream that events are published to: nats://user:password@host:4222',
  ),
  BRIDGE_PERSONAL: matching(
    '^[A-Za-z]+(\\.[A-Za-z0-9]+)+(,[A-Za-z]+(\\.[A-Za-z0-9]+)+)*$',
    'personal fields like PostCreated.content, separated by commas',
    'Personal fields of events that are published to brokers all the same: PostCreated.content,UserRegistered.email. Default: none',
  ),
  BRIDGE_FROM: Type.Optional(
    Type.Enum(['start', 'now'], {
      description:
        'Where a broker that is new begins: with the first event of the log (start), or with the next one (now). Default: start',
    }),
  ),
  ELASTICSEARCH_SHARDS: matching(
    '^([1-9]|[1-5]\\d|6[0-4])$',
    'a number from 1 to 64',
    'Number of shards of an index that is created in Elasticsearch; an index that is there keeps its own until its read model is rebuilt. Default: 1',
  ),
  ELASTICSEARCH_REPLICAS: matching(
    '^[0-5]$',
    'a number from 0 to 5',
    'Number of replicas of each of these shards. Default: one where there is a second node',
  ),
  OAUTH_PROVIDERS: text(
    'Identity providers for signing in, by OpenID Connect: {"acme": {"issuer": "https://…", "clientId": "…", "clientSecret": "…"}}',
  ),
  SMTP_URL: matching(
    '^smtps?://[^/?#\\s]',
    'a URL that begins with smtp:// or smtps://, and names a host',
    'A mail server: smtp://… Without it, mails are files in <AGORA_DATA>/outbox',
  ),
  MAIL_FROM: text('Sender of mails. Default: Agora <agora@localhost>'),
  SMS_URL: matching(
    '^https?://[^:@/?#\\s]+:[^:@/?#\\s]{8,}@[^@/?#\\s]+/[^\\s]*$',
    'a URL like https://account:token@host/path, the token of at least 8 characters',
    'A gateway of text messages that takes forms with To, From and Body, as Twilio does: https://account:token@host/path. Without it, they are files in <AGORA_DATA>/outbox',
  ),
  SMS_FROM: text('Number or name that text messages are from. Default: Agora'),
  ADMIN_EMAIL: text(
    'With ADMIN_PASSWORD: an admin with these credentials exists after the start. Default: admin@agora.localhost',
  ),
  ADMIN_PASSWORD: Type.Optional(
    Type.String({ minLength: 8, maxLength: 200, description: 'See ADMIN_EMAIL' }),
  ),
  ORDER_TIMEOUT: matching(
    '^\\d+(ms|s|m|h)?$',
    'a duration like 90s, 15m or 2h',
    'How long an order may remain unpaid: 90s, 15m; a bare number is in ms. Default: 15m',
  ),
  FEED_FAN_OUT: matching(
    '^\\d{1,6}$',
    'a number of followers from 0 to 999999',
    'Number of followers up to which the posts of an author are written into the timeline of each; beyond, they are merged as a feed is read. Default: 5000',
  ),
  AUDIT_EVERY: matching(
    '^(off|[1-9]\\d*(ms|s|m|h)?)$',
    'off, or a duration like 90s, 10m or 2h',
    'Pause before each audit of some documents of a read model against the log, or off; a bare number is in ms. Default: 10m',
  ),
  LOG_DIGEST_EVERY: matching(
    '^(off|[1-9]\\d*(ms|s|m|h)?)$',
    'off, or a duration like 10s, 1m or 1h',
    'Pause until new events are in the chain of digests that "npx agora verify-log" compares the log with, or off; a bare number is in ms. Default: 1m',
  ),
  AGORA_REBUILD_GATE: matching(
    '^[a-z][a-z0-9_]*=(\\d{1,9}|any|ask)(,[a-z][a-z0-9_]*=(\\d{1,9}|any|ask))*$',
    'names of read models with a number, any or ask: orders=0,payments=ask',
    'Differences up to which a new generation that a new version or another store needs is switched to without an operator: a number of documents, any, or ask to wait always, by read model: orders=0,payments=ask. Default: switched to whatever differs',
  ),
  AGORA_PROJECTION_RUNNERS: matching(
    `^${runners}(,${runners})*$`,
    'names of read models, each with a number of runners from 1 to 16, such as orders:2,products:3',
    'Number of runners of read models, the same for all processes with the role projections: orders:2,products:3. Each folds a part of the documents, in as many processes as there are, up to that number. Default: 1 each',
  ),
  SHIPPING_WEBHOOK_SECRET: Type.Optional(
    Type.String({
      minLength: 16,
      description:
        'Secret that signs the webhooks of carriers, at least 16 characters; or one for each carrier: {"post": "…", "courier": "…"}. Without it, none is accepted',
    }),
  ),
  PAYMENT_WEBHOOK_SECRET: Type.Optional(
    Type.String({
      minLength: 16,
      description:
        'Secret that signs the webhooks of the payment provider, at least 16 characters; or by its name: {"simulator": "…"}. Without it, none is accepted',
    }),
  ),
  RATE_LIMIT: matching(
    '^(off|\\d+)$',
    'off, or a number',
    'Maximum requests per minute of one user, and of one address without a user; a quarter of it for signing in and registering, per address; or off. Behind a gateway, api processes count calls of gRPC alone. Default: 1200',
  ),
  ANSWER_CACHE: matching(
    '^(off|\\d+(ms|s|m|h)?)$',
    'off, or a duration like 5s',
    'Maximum time that a gateway caches public answers: 5s; a bare number is in ms; or off. Events invalidate cached answers at once. Default: 5s',
  ),
  CORS_ORIGINS: text(
    'Origins whose pages may call the API, separated by commas; * for all. Default: none',
  ),
  WEBHOOK_PRIVATE_HOSTS: text(
    'Hosts that webhooks may be sent to in the private network, also over HTTP and at any port, separated by commas. Default: none',
  ),
  WEBHOOK_DELIVERY_TTL: matching(
    '^(off|[1-9]\\d{0,4}[hd])$',
    'off, or hours or days like 72h or 30d',
    'How long a delivery of a webhook is listed, and may be replayed, after it was delivered, given up or cancelled: 30d, or 72h; or off. Default: 30d',
  ),
  TRUST_PROXY: matching(
    '^(true|false|\\d)$',
    'true, false, or a number of proxies from 0 to 9',
    'Whether a trusted proxy sets X-Forwarded-For, or the number of proxies in a row. Default: false',
  ),
  SECURE_COOKIES: Type.Optional(
    Type.Enum(['true', 'false'], {
      description: 'Whether cookies are sent over HTTPS only. Default: false',
    }),
  ),
  MEDIA_STORE: Type.Optional(
    Type.Enum(['disk', 's3', 'cloudinary'], {
      description:
        'Store of the bytes of files: disk (<AGORA_DATA>/blobs), s3 or cloudinary. Default: s3 with S3_BUCKET, cloudinary with CLOUDINARY_URL, otherwise disk',
    }),
  ),
  MEDIA_STORE_BEFORE: Type.Optional(
    Type.Enum(['disk', 's3', 'cloudinary', 'none'], {
      description:
        'After a change of MEDIA_STORE: the previous store, which is read until its files are moved; none goes without them',
    }),
  ),
  S3_BUCKET: matching(
    '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    'the name of a bucket: 3 to 63 lower-case letters, digits, . and -',
    'An existing bucket of S3, or of a server with its API, for the bytes of files',
  ),
  S3_ENDPOINT: matching(
    endpoint,
    endpointExpected,
    'URL of a server with the API of S3: http://minio:9000. Default: that of AWS in S3_REGION',
  ),
  S3_PUBLIC_ENDPOINT: matching(
    endpoint,
    endpointExpected,
    'URL of that server for clients, who send large files to it directly. Default: S3_ENDPOINT',
  ),
  S3_REGION: matching(
    '^[a-z0-9-]{1,40}$',
    'a region like eu-central-1',
    'Region of the bucket. Default: us-east-1',
  ),
  S3_ACCESS_KEY_ID: text(
    'With S3_SECRET_ACCESS_KEY: the access key. Without it, that of the environment: variables, profiles and roles of AWS',
  ),
  S3_SECRET_ACCESS_KEY: text('See S3_ACCESS_KEY_ID'),
  CLOUDINARY_URL: matching(
    '^cloudinary://[^:@/]+:[^:@/]+@[A-Za-z0-9_-]+(\\?.*)?$',
    'a URL like cloudinary://key:secret@cloud',
    'A Cloudinary for the bytes of files: cloudinary://key:secret@cloud, as its console shows it',
  ),
  MEDIA_MAX_IMAGE: matching(size, sizeExpected, 'Maximum size of a picture: 20m. Default: 20m'),
  MEDIA_MAX_VIDEO: matching(size, sizeExpected, 'Maximum size of a video: 200m. Default: 200m'),
  MEDIA_MAX_DOCUMENT: matching(
    size,
    sizeExpected,
    'Maximum size of a PDF or plain text: 20m. Default: 20m',
  ),
  MEDIA_MAX_PER_PERSON: matching(
    size,
    sizeExpected,
    'Maximum size of all files of a user: 2g. Default: 2g',
  ),
  MEDIA_LINK_TTL: matching(
    '^\\d+(ms|s|m|h)?$',
    'a duration like 90s, 15m or 2h',
    'How long a URL of a file is valid without a token: 1h; a bare number is in ms. Default: 1h',
  ),
  MEDIA_UNUSED_TTL: matching(
    '^\\d+(ms|s|m|h)?$',
    'a duration like 90s, 15m or 2h',
    'How long a file is stored that no post, message, gig, order or profile refers to: 24h; a bare number is in ms. Default: 24h',
  ),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      minLength: 16,
      description:
        'Bearer token that gives access to /metrics from anywhere. Without it, only direct requests from this machine or a private network have access',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: matching(
    '^https?://[^?#@\\s]+$',
    'a URL like http://collector:4318',
    'Trace store that spans are sent to by OTLP over HTTP, at <URL>/v1/traces. Default: nothing is traced',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: text(
    'Headers of the requests to the trace store, such as its credentials: name=value, several separated by commas',
  ),
  OTEL_TRACES_SAMPLER_ARG: matching(
    '^(0(\\.\\d+)?|1(\\.0+)?)$',
    'a number from 0 to 1',
    'Share of traces that are sampled, decided by a keyed hash of the trace id alike in all processes. Default: 1',
  ),
  OTEL_SERVICE_NAME: text('Name of this process in traces. Default: agora'),
  TRACES_URL: matching(
    '^https?://[^@\\s]*\\{traceId\\}[^@\\s]*$',
    'a URL like https://jaeger.example/trace/{traceId}',
    'Page of a trace in the trace store, with {traceId} in it; /observability/traces/:traceId links to it',
  ),
  LOG_LEVEL: Type.Optional(
    Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      description: 'Minimum level of log lines. Default: info',
    }),
  ),
})
