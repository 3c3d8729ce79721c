import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Environment } from './environment.ts'
import { misspeltVariables } from './misspelt.ts'

test.each([
  ['POSTGRESS_URL', 'POSTGRES_URL'],
  ['POSTGRESQL_URL', 'POSTGRES_URL'],
  ['POSTGRES_URI', 'POSTGRES_URL'],
  ['RATELIMIT', 'RATE_LIMIT'],
  ['AGORA_DTA', 'AGORA_DATA'],
  ['AGORA_ROLE', 'AGORA_ROLES'],
  ['AGORA_ESBD_PORT', 'AGORA_ESDB_PORT'],
  ['CORS_ORIGIN', 'CORS_ORIGINS'],
  ['agora_data', 'AGORA_DATA'],
  ['AGORA_TOKN', 'AGORA_TOKEN'],
])('%s is pointed out: %s was meant', (name, meant) => {
  expect(misspeltVariables({ [name]: 'secret', PATH: '/bin' })).toStrictEqual([
    `${name} is no variable that Agora reads: did you mean ${meant}?`,
  ])
})

test('variables of Agora are no typing errors of each other', () => {
  expect(
    misspeltVariables(
      Object.fromEntries(Object.keys(Environment.properties).map((name) => [name, 'x'])),
    ),
  ).toStrictEqual([])
})

test('variables of other programs are not pointed out', () => {
  const common =
    'PORTABLE PORTS HOSTNAME HOSTS HOSTTYPE NODE_OPTIONS NODE_ENV PATH HOME USER LOGNAME MAIL MAILTO PWD SHELL TERM LANG TZ TMPDIR ' +
    'HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY HTTP_URL POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_HOST POSTGRES_PORT ' +
    'PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE REDIS_HOST REDIS_PORT REDIS_PASSWORD MONGO_HOST SMTP_HOST SMTP_PORT SMTP_USER ' +
    'SMTP_PASS DATABASE_URL PUBLIC_KEY PUBLIC_IP ADMIN_USER ADMIN_NAME GITHUB_TOKEN npm_config_cache npm_lifecycle_event ' +
    'AGORA_SERVICE_HOST AGORA_SERVICE_PORT AGORA_PORT AGORA_PORT_3000_TCP_ADDR AGORA_API_PORT AGORA_ESDB_SERVICE_PORT ' +
    'SECURE_MODE METRICS_PORT LOG_FILE LOG_FORMAT CI EDITOR'
  expect(
    misspeltVariables(Object.fromEntries(common.split(' ').map((name) => [name, 'x']))),
  ).toStrictEqual([])
  expect(misspeltVariables({ AGORA_DB_PORT: 'tcp://10.0.0.1:5432' })).toStrictEqual([])
})

test('neither are those that .env may have for Docker', () => {
  const names = [
    'docker-compose.yml',
    'docker-compose.cluster.yml',
    'docker-compose.roles.yml',
  ].flatMap((file) =>
    [
      ...readFileSync(join(import.meta.dirname, '../..', file), 'utf8').matchAll(
        /^# {3}([A-Z\d_]+)=/gm,
      ),
    ].map(([, name]) => name),
  )
  expect(names).toContain('POSTGRES_PASSWORD')
  expect(misspeltVariables(Object.fromEntries(names.map((name) => [name, 'x'])))).toStrictEqual([])
})
