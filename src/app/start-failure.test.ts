import { expect, test } from 'vitest'
import { BadConfig } from '../config.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { startFailure } from './start-failure.ts'

const env = {
  AGORA_DATA: '/srv/agora',
  POSTGRES_URL: 'postgres://ann:secret@db:5432/agora',
  EVENTSTORE_URL: 'esdb://admin:secret@one:2113,two:2113',
}

/** An outage of an engine with a cause. */
const away = (engine: string, cause: unknown) =>
  new Unavailable(`${engine} cannot be reached`, { cause })

const systemError = (message: string, code: string) => Object.assign(new Error(message), { code })

test.each([
  [
    systemError('connect ECONNREFUSED 10.0.0.1:5432', 'ECONNREFUSED'),
    '10.0.0.1:5432 refuses connections: nothing listens there',
  ],
  [systemError('getaddrinfo ENOTFOUND db', 'ENOTFOUND'), 'db is an unknown host'],
  [systemError('connect ETIMEDOUT 10.0.0.1:5432', 'ETIMEDOUT'), '10.0.0.1:5432 does not answer'],
  [new Error('timeout expired'), 'it does not answer in time'],
  [
    new AggregateError([
      systemError('connect ECONNREFUSED ::1:5432', 'ECONNREFUSED'),
      systemError('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'),
    ]),
    '::1:5432 refuses connections: nothing listens there; 127.0.0.1:5432 refuses connections: nothing listens there',
  ],
])('an outage is explained with the host, the variable and the reason: %s', (cause, reason) => {
  expect(startFailure(away('PostgreSQL', cause), { env })).toBe(
    `PostgreSQL cannot be reached at db:5432 (POSTGRES_URL): ${reason}`,
  )
})

test('an outage of a cluster is explained without its password', () => {
  const cause = new Error('14 UNAVAILABLE: Last error: connect ECONNREFUSED 10.0.0.1:2113.')
  expect(startFailure(away('EventStoreDB', cause), { env })).toBe(
    'EventStoreDB cannot be reached (EVENTSTORE_URL): 10.0.0.1:2113 refuses connections: nothing listens there',
  )
  expect(startFailure(away('PostgreSQL', undefined), { env: {} })).toBe(
    'PostgreSQL cannot be reached',
  )
})

test.each([
  ['28P01', 'password authentication failed for user "ann"'],
  ['3D000', 'database "agora" does not exist'],
  ['42501', 'permission denied for schema public'],
])('a refusal of PostgreSQL (%s) is explained', (code, message) => {
  const error = Object.assign(new Error(message), { code, severity: 'FATAL' })
  expect(startFailure(error, { env })).toBe(
    `PostgreSQL refuses the access at db:5432 (POSTGRES_URL): ${message}`,
  )
})

test('a file of the data folder that cannot be used is explained', () => {
  const error = (path: string) => Object.assign(systemError('open', 'EACCES'), { path })
  expect(startFailure(error('/srv/agora/lock'), { env })).toMatch(
    /^\/srv\/agora\/lock may not be read and written by this user; set AGORA_DATA/,
  )
  expect(startFailure(error('/etc/shadow'), { env })).toBeUndefined()
})

test('errors that explain themselves are shown as they are; faults of Agora are not explained', () => {
  expect(startFailure(new BadConfig('PORT must be a number'), { env })).toBe(
    'PORT must be a number',
  )
  const envFile = { path: '/srv/.env', names: ['PORT'] }
  expect(startFailure(new BadConfig('PORT must be a number'), { env, envFile })).toBe(
    'PORT must be a number (/srv/.env has been read, too)',
  )
  for (const fault of [new TypeError('x is undefined'), 'text', undefined])
    expect(startFailure(fault, { env })).toBeUndefined()
})
