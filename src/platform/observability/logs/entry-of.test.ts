import { pino, type Logger } from 'pino'
import { expect, test } from 'vitest'
import { loggerOptions } from '../../../logger.ts'
import { entryOf } from './entry-of.ts'
import { redactedText } from './redact.ts'

const source = { service: 'agora', process: 'here:1' }

/** Entry of what the logger of the process writes. */
const logged = (write: (logger: Logger) => void) => {
  const lines: string[] = []
  const options = loggerOptions('debug', (line) => void lines.push(line))
  write(pino(options, { write: () => undefined }))
  const [line = ''] = lines
  return entryOf(line, 'id', source)
}

test('an error is stored with the chain of its causes', () => {
  const root = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const cause = new Error('The pool has no connection', { cause: root })
  const err = new TypeError('The log is away', { cause })
  const about = { correlationId: 'trace-1', service: 'ordering', status: 503, route: '/orders' }
  expect(logged((logger) => logger.error({ err, ...about }, 'A request failed'))).toMatchObject({
    id: 'id',
    level: 'error',
    service: 'ordering',
    process: 'here:1',
    message: 'A request failed',
    traceId: 'trace-1',
    error: {
      type: 'TypeError',
      message: 'The log is away',
      stack: expect.stringContaining('entry-of.test'),
      causes: [
        { type: 'Error', message: 'The pool has no connection' },
        { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
      ],
    },
    details: { status: 503, route: '/orders' },
  })
})

test('a reason without an error is its message', () => {
  expect(logged((logger) => logger.warn({ reason: 'Not ready: postgres.' }, 'x'))).toMatchObject({
    level: 'warn',
    service: 'agora',
    error: { type: 'Problem', message: 'Not ready: postgres.', causes: [] },
  })
})

test('no secret and no personal data reaches the store, at whatever depth', () => {
  const secrets = [
    'hunter22',
    'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln',
    'ada@example.org',
    's3cr3t-key',
  ]
  const [password, token, email, key] = secrets
  const err = new Error(`connect to postgres://agora:${password}@db:5432/agora?x=1 failed`, {
    cause: new Error(`Authorization: Bearer ${key}, mail to ${email}`),
  })
  const entry = logged((logger) =>
    logger.error(
      {
        err,
        password,
        a: { b: { c: { d: { token, 'Set-Cookie': key, email, list: [{ clientSecret: key }] } } } },
      },
      `Signed in with ${token} by ${email}; password=${password} api_key: ${key}`,
    ),
  )
  const text = JSON.stringify(entry)
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
  expect(entry).toMatchObject({
    message: 'Signed in with *** by ***; password=*** api_key: ***',
    error: { message: 'connect to postgres://***@db:5432/agora?x=1 failed' },
  })
})

test('redaction takes little time with long texts', () => {
  for (const text of ['a'.repeat(16_000), 'a.b-c:'.repeat(3_000), 'token '.repeat(3_000)])
    expect(redactedText(text)).toHaveLength(text.length)
})

test('what is no line of the logger is passed over, and too much is cut off', () => {
  expect(entryOf('Listening…', 'id', source)).toBeUndefined()
  expect(entryOf('[1]', 'id', source)).toBeUndefined()
  expect(entryOf('{"level":30,"msg":"no time"}', 'id', source)).toBeUndefined()
  const long = { level: 60, time: 0, msg: 'x'.repeat(20_000), list: 'y'.repeat(20_000) }
  const entry = entryOf(JSON.stringify(long), 'id', source)
  expect(entry).toMatchObject({ level: 'fatal', time: '1970-01-01T00:00:00.000Z' })
  expect(entry?.message).toHaveLength(8_000)
  expect(entry?.details).toEqual({ isTooLong: true })
})
