import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Environment } from './config/environment.ts'
import { BadConfig, readConfig, withArguments } from './config.ts'

test('read models have the numbers of runners that are set', () => {
  const { projectionRunners } = readConfig({ AGORA_PROJECTION_RUNNERS: 'orders:2,order_items:16' })
  expect([...projectionRunners]).toEqual([
    ['orders', 2],
    ['order_items', 16],
  ])
  expect(readConfig({}).projectionRunners.size).toBe(0)
})

test('every variable is optional', () => {
  const config = readConfig({ PATH: '/bin' })
  expect([config.port, config.host, config.data, config.orderTimeout]).toStrictEqual([
    3000,
    '127.0.0.1',
    '.agora',
    15 * 60_000,
  ])
  expect('postgresUrl' in config).toBe(false)
})

test('an empty variable counts as not set', () => {
  expect(readConfig({ PORT: '', POSTGRES_URL: '' }).port).toBe(3000)
})

test('a process with the role gateway only opens few connections to PostgreSQL; POSTGRES_CONNECTIONS overrides', () => {
  const connections = (env: Record<string, string>) => readConfig(env).postgresConnections
  expect(connections({})).toBe(24)
  expect(connections({ AGORA_ROLES: 'gateway' })).toBe(8)
  expect(connections({ AGORA_ROLES: 'gateway,api' })).toBe(24)
  expect(connections({ AGORA_ROLES: 'gateway', POSTGRES_CONNECTIONS: '40' })).toBe(40)
})

test('session settings of Agora are rejected in the URL of PostgreSQL, by name', () => {
  const url = 'postgres://agora:secret@db:5432/agora'
  for (const name of ['application_name', 'options'])
    expect(() =>
      readConfig({ POSTGRES_URL: `${url}?sslmode=require&${name}=-c%20work_mem%3D1` }),
    ).toThrow(
      expect.toSatisfy(
        (error) =>
          error instanceof BadConfig &&
          error.message.includes(`POSTGRES_URL must not have ${name}`) &&
          !error.message.includes('secret'),
      ),
    )
  expect(readConfig({ POSTGRES_URL: `${url}?sslmode=require` }).postgresConnections).toBe(24)
})

test('reads of MongoDB go to the primary, or to the nearest member', () => {
  expect(readConfig({}).mongoReads).toBeUndefined()
  for (const mongoReads of ['primary', 'nearest'] as const)
    expect(readConfig({ MONGO_READS: mongoReads })).toMatchObject({ mongoReads })
})

test('Elasticsearch has one node or several, and a prefix in a shared cluster', () => {
  for (const ELASTICSEARCH_URL of [
    'http://127.0.0.1:9200',
    'https://agora:secret@a:9200,https://agora:secret@b:9200/path?prefix=shop_',
  ])
    expect(readConfig({ ELASTICSEARCH_URL }).elasticsearchUrl).toBe(ELASTICSEARCH_URL)
})

test('webhooks have one secret, or one for each sender; none is part of an error', () => {
  const secret = 'a secret of 16 characters'
  expect(readConfig({}).webhookSecrets).toStrictEqual({})
  const both = { SHIPPING_WEBHOOK_SECRET: secret, PAYMENT_WEBHOOK_SECRET: secret }
  expect(readConfig(both).webhookSecrets).toStrictEqual({ shipping: secret, payments: secret })
  const named = JSON.stringify({ post: secret })
  expect(readConfig({ SHIPPING_WEBHOOK_SECRET: named }).webhookSecrets).toStrictEqual({
    shipping: { post: secret },
  })
  for (const text of [
    '{"post": "too short"}',
    '{"Post": "a secret of 16 characters"}',
    `{${secret}`,
  ])
    expect(() => readConfig({ SHIPPING_WEBHOOK_SECRET: text })).toThrow(
      expect.toSatisfy(
        (error) =>
          error instanceof BadConfig &&
          /SHIPPING_WEBHOOK_SECRET must be one secret/.test(error.message) &&
          !/too short|a secret of/.test(error.message),
      ),
    )
})

test('durations have a unit; a bare number is in ms', () => {
  const timeout = (text: string) => readConfig({ ORDER_TIMEOUT: text }).orderTimeout
  expect(['250', '250ms', '90s', '15m', '2h'].map(timeout)).toStrictEqual([
    250, 250, 90_000, 900_000, 7_200_000,
  ])
})

test('the lease is 10 s, or AGORA_LEASE', () => {
  const lease = (env: Record<string, string>) => readConfig(env).lease
  expect(lease({})).toBe(10_000)
  expect(['1s', '2500', '5m'].map((AGORA_LEASE) => lease({ AGORA_LEASE }))).toStrictEqual([
    1_000, 2_500, 300_000,
  ])
  for (const AGORA_LEASE of ['999ms', '6m', '0', 'never'])
    expect(() => lease({ AGORA_LEASE })).toThrow(/AGORA_LEASE/)
})

test('a stop takes 9.5 s at most, or AGORA_STOP_TIMEOUT', () => {
  const limit = (env: Record<string, string>) => readConfig(env).stopTimeout
  expect([limit({}), limit({ AGORA_STOP_TIMEOUT: '25s' })]).toStrictEqual([9_500, 25_000])
  for (const AGORA_STOP_TIMEOUT of ['999ms', '6m', 'soon'])
    expect(() => limit({ AGORA_STOP_TIMEOUT })).toThrow(/AGORA_STOP_TIMEOUT/)
})

test('the log is served at the port of EventStoreDB, unless it is stored in one, or the endpoint is off', () => {
  const endpoint = (env: Record<string, string>) => readConfig(env).eventStoreEndpoint
  expect(endpoint({})).toStrictEqual({
    port: 2113,
    isExplicit: false,
    host: '127.0.0.1',
    writable: false,
  })
  expect(endpoint({ AGORA_ESDB_PORT: 'off' })).toBeUndefined()
  const elsewhere = { EVENTSTORE_URL: 'esdb://localhost:2113' }
  expect(endpoint(elsewhere)).toBeUndefined()
  const explicit = {
    AGORA_ESDB_PORT: '2114',
    AGORA_ESDB_WRITABLE: 'true',
    AGORA_ESDB_MAX_APPEND_SIZE: '4194304',
  }
  expect(endpoint({ ...elsewhere, ...explicit })).toMatchObject({
    port: 2114,
    isExplicit: true,
    writable: true,
    maxAppendBytes: 4_194_304,
  })
  for (const size of ['0', '1 MiB', '-1', '999', '100000000'])
    expect(() => readConfig({ AGORA_ESDB_MAX_APPEND_SIZE: size })).toThrow(
      /AGORA_ESDB_MAX_APPEND_SIZE/,
    )
  const files = { AGORA_ESDB_TLS_CERT: 'cert.pem', AGORA_ESDB_TLS_KEY: 'key.pem' }
  expect(endpoint(files)?.tls).toStrictEqual({ cert: 'cert.pem', key: 'key.pem' })
})

test('public answers are cached for five seconds, for ANSWER_CACHE, or not at all', () => {
  const cacheTime = (text: string) => readConfig({ ANSWER_CACHE: text }).answerCache
  expect(['', '250', '1m', 'off', '0'].map(cacheTime)).toStrictEqual([5_000, 250, 60_000, 0, 0])
  expect(() => cacheTime('soon')).toThrow(BadConfig)
})

test('deliveries of webhooks are listed for 30 days, for WEBHOOK_DELIVERY_TTL, or for ever', () => {
  const hours = (text?: string) =>
    readConfig({ WEBHOOK_DELIVERY_TTL: text }).webhookDeliveryTtl / 3_600_000
  expect([hours(), hours('7d'), hours('36h'), hours('off')]).toEqual([720, 168, 36, 0])
  for (const wrong of ['0d', '30', '5m', '100000d', 'never'])
    expect(() => hours(wrong), wrong).toThrow(/WEBHOOK_DELIVERY_TTL/)
})

test('rate limits can be switched off', () => {
  expect(readConfig({ RATE_LIMIT: 'off' }).rateLimit).toBe(false)
  expect(readConfig({ RATE_LIMIT: '30' }).rateLimit).toStrictEqual({ perUser: 30, perIp: 30 })
})

test('a process has all roles by default; the command line precedes the environment', () => {
  const rolesOf = (env: Record<string, string>, ...args: string[]) => {
    const { roles, contexts } = readConfig(withArguments(env, args))
    return [[...roles], contexts && [...contexts]]
  }
  expect(rolesOf({})).toStrictEqual([['gateway', 'api', 'projections', 'sagas', 'jobs'], undefined])
  const env = { AGORA_ROLES: 'api,jobs', AGORA_CONTEXTS: 'catalog' }
  expect(rolesOf(env)).toStrictEqual([['api', 'jobs'], ['catalog']])
  expect(rolesOf(env, '--roles', 'api', '--contexts=ordering,payments')).toStrictEqual([
    ['api'],
    ['ordering', 'payments'],
  ])
  expect(readConfig({ AGORA_DIRECT_CALLS: 'true' }).directCalls).toBe(true)
  expect(readConfig({ AGORA_URL: 'http://10.0.0.7:3000' }).advertisedUrl).toBe(
    'http://10.0.0.7:3000',
  )
  expect(readConfig({ AGORA_UPSTREAMS: '*=http://a:3000' }).upstreams).toStrictEqual([
    { services: ['*'], addresses: ['http://a:3000'] },
  ])
})

test('gRPC is served where its port is set, over TLS with a certificate', () => {
  const tls = { AGORA_GRPC_TLS_CERT: 'a.pem', AGORA_GRPC_TLS_KEY: 'b.pem' }
  expect(readConfig({}).grpc).toBeUndefined()
  expect(readConfig({ AGORA_GRPC_PORT: '50051' }).grpc).toStrictEqual({ port: 50_051 })
  expect(readConfig({ AGORA_GRPC_PORT: '0', ...tls }).grpc).toStrictEqual({
    port: 0,
    tls: { cert: 'a.pem', key: 'b.pem' },
  })
})

test.for([[['--role', 'api']], [['api']], [['--roles']]] as const)(
  'an invalid command line is rejected: %o',
  ([args]) => {
    expect(() => withArguments({}, args)).toThrow(BadConfig)
  },
)

test('TRUST_PROXY means no, one or several proxies', () => {
  const proxies = (text: string) => readConfig({ TRUST_PROXY: text }).trustProxy
  expect(['', 'false', '0', 'true', '2'].map(proxies)).toStrictEqual([false, false, false, true, 2])
})

test.for([
  [{ PORT: 'http' }, /PORT/],
  [{ AGORA_ROLES: 'api,cook' }, /AGORA_ROLES/],
  [{ AGORA_ROLES: 'all' }, /AGORA_ROLES/],
  [{ AGORA_CONTEXTS: 'Ordering' }, /AGORA_CONTEXTS/],
  [{ AGORA_URL: '10.0.0.7:3000' }, /AGORA_URL/],
  [{ AGORA_UPSTREAMS: 'a:3000' }, /AGORA_UPSTREAMS must have contexts/],
  [{ AGORA_DIRECT_CALLS: 'yes' }, /AGORA_DIRECT_CALLS/],
  [{ AGORA_GRPC_PORT: 'on' }, /AGORA_GRPC_PORT/],
  [{ AGORA_GRPC_PORT: '70000' }, /AGORA_GRPC_PORT must be at most 65535/],
  [
    { AGORA_GRPC_TLS_CERT: 'a.pem' },
    /AGORA_GRPC_TLS_CERT and AGORA_GRPC_TLS_KEY must be set toget/,
  ],
  [{ REDIS_URL: 'localhost:6379' }, /REDIS_URL/],
  [{ AGORA_PROJECTION_RUNNERS: 'orders' }, /AGORA_PROJECTION_RUNNERS must be names of read models/],
  [{ AGORA_PROJECTION_RUNNERS: 'orders:0' }, /AGORA_PROJECTION_RUNNERS/],
  [{ AGORA_PROJECTION_RUNNERS: 'orders:2,products:17' }, /AGORA_PROJECTION_RUNNERS/],
  [{ TRUST_PROXY: 'nginx' }, /TRUST_PROXY/],
  [{ PORT: '70000' }, /PORT/],
  [{ EVENTSTORE_URL: 'http://localhost:2113' }, /EVENTSTORE_URL/],
  [{ ELASTICSEARCH_URL: 'localhost:9200' }, /ELASTICSEARCH_URL/],
  [{ ELASTICSEARCH_URL: 'http://a:9200?prefix=_a' }, /ELASTICSEARCH_URL \?prefix= must have/],
  [{ ELASTICSEARCH_URL_BEFORE: 'http://a:9200?prefix=A' }, /ELASTICSEARCH_URL_BEFORE \?prefix= m/],
  [{ MONGO_URL: 'mongodb://a/a.b' }, /MONGO_URL must name a database without/],
  [{ MONGO_URL_BEFORE: 'mongodb://a/admin' }, /MONGO_URL_BEFORE must not name admin/],
  [{ MONGO_READS: 'secondary' }, /MONGO_READS must be primary or nearest/],
  [{ POSTGRES_URL: 'localhost:5432' }, /POSTGRES_URL must be a URL like postgres:/],
  [{ POSTGRES_READ_URL: `postgres://a/${'b'.repeat(64)}` }, /POSTGRES_READ_URL must .* 63 bytes/],
  [{ AGORA_ESDB_PORT: 'on' }, /AGORA_ESDB_PORT/],
  [{ AGORA_ESDB_PORT: '70000' }, /AGORA_ESDB_PORT/],
  [{ AGORA_ESDB_TLS_CERT: 'cert.pem' }, /AGORA_ESDB_TLS_KEY/],
  [{ AGORA_SECRET: 'too short' }, /AGORA_SECRET/],
  [{ OAUTH_PROVIDERS: '{' }, /OAUTH_PROVIDERS is not JSON/],
  [{ ORDER_TIMEOUT: 'soon' }, /ORDER_TIMEOUT/],
  [{ PAYMENT_WEBHOOK_SECRET: 'short' }, /PAYMENT_WEBHOOK_SECRET must have at least 16/],
  [{ RATE_LIMIT: '-1' }, /RATE_LIMIT/],
  [{ AGORA_ROLES: 'gateway', AGORA_CONTEXTS: 'ordering' }, /AGORA_CONTEXTS/],
  [{ POSTGRES_CONNECTIONS: '0' }, /POSTGRES_CONNECTIONS/],
  [{ METRICS_TOKEN: 'short' }, /METRICS_TOKEN/],
  [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
  [{ ADMIN_EMAIL: 'a@b.example', ADMIN_PASSWORD: 'short' }, /ADMIN_PASSWORD/],
  [{ ADMIN_EMAIL: 'a@b.example' }, /ADMIN_PASSWORD/],
] as const)('an invalid variable is rejected by name: %o', ([env, name]) => {
  expect(() => readConfig(env)).toThrow(
    expect.toSatisfy((error) => error instanceof BadConfig && name.test(error.message)),
  )
})

test.for([
  [{ PORT: 'http' }, 'PORT must be a number from 0 to 65535'],
  [
    { AGORA_ROLES: 'cook' },
    'AGORA_ROLES must be one of gateway, api, projections, sagas, jobs, or several separated by commas (--roles)',
  ],
  [{ SMTP_URL: 'foo' }, 'SMTP_URL must be a URL that begins with smtp:// or smtps://'],
  [{ SMTP_URL: 'smtp://' }, 'SMTP_URL must be a URL'],
  [{ POSTGRES_URL: 'foo' }, 'POSTGRES_URL must be a URL like postgres://'],
  [{ POSTGRES_READ_URL: 'http://db/agora' }, 'POSTGRES_READ_URL must be a URL like postgres://'],
  [{ POSTGRES_URL: 'postgres://a:secret@[::1/x' }, 'POSTGRES_URL is no valid URL'],
  [{ REDIS_URL: 'redis://a:secret#@cache' }, 'REDIS_URL is no valid URL'],
  [
    { LOG_LEVEL: 'loud' },
    'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent',
  ],
  [{ AGORA_SECRET: 'secret' }, 'AGORA_SECRET must have at least 32 characters'],
  [{ PORT: 'a', HOST: 'b', RATE_LIMIT: 'c' }, 'RATE_LIMIT must be off, or a number'],
] as const)('the message for %o says what is allowed: %s', ([env, message]) => {
  expect(() => readConfig(env)).toThrow(
    expect.toSatisfy(
      (error) =>
        error instanceof BadConfig &&
        error.message.includes(message) &&
        !/\^|secret|allowed values/.test(error.message),
    ),
  )
})

test('every pattern has an explanation in words', () => {
  const unexplained = Object.entries(Environment.properties).filter(
    ([, schema]) => 'pattern' in schema && !('expected' in schema),
  )
  expect(unexplained).toStrictEqual([])
})

test('every variable is in .env.example, and no other', () => {
  const example = readFileSync(join(import.meta.dirname, '../.env.example'), 'utf8')
  const named = [...example.matchAll(/^# ?([A-Z\d_]+)=/gm)].map(([, name]) => name)
  expect(named).toStrictEqual(Object.keys(Environment.properties))
})
