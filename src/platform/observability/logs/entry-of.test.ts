import { pino, type Logger } from 'pino'
import { expect, test } from 'vitest'
import { loggerOptions } from '../../../logger.ts'
import { entryOf } from './entry-of.ts'
import { longestText, redactedText } from './redact.ts'

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

test.each([
  ['{"password":"hunter2secret","a":1}', '{"password":***,"a":1}'],
  [String.raw`body {\"password\":\"hunter2\"}`, String.raw`body {\"password\":***\"}`],
  ['password: "hunter2"', 'password: ***'],
  [String.raw`password: "hun\"ter2 and more", next`, 'password: ***, next'],
  ['password: "hunter2 that is cut', 'password: ***'],
  ["token='abc'", 'token=***'],
  ['passwordless sign-in', 'passwordless sign-in'],
  ['GET /back?code=SECRETCODE&state=xyz#a', 'GET /back?code=***&state=***#a'],
  ["{ code: 'SECRETCODE' }", '{ code: *** }'],
  ['authorization_code=4/0AX4', 'authorization_code=***'],
  ["{ code: 'ECONNREFUSED', errno: -111 }", "{ code: 'ECONNREFUSED', errno: -111 }"],
  ['code: 23505, statusCode: 404', 'code: 23505, statusCode: 404'],
  ['Authorization: Token abc', 'Authorization: ***'],
  ['{"authorization":"Digest abc","a":1}', '{"authorization":***","a":1}'],
  ['Cookie: a=b; c=d', 'Cookie: ***'],
  ['?t=%20eyJhbGciOiJFZERTQSJ9.eyJzdWIi', '?t=%20***'],
  [
    'Call +49 151 23456789 or +4915123456789, (+1) is no number',
    'Call *** or ***, (+1) is no number',
  ],
  ['to=%2B4915123456789', 'to=***'],
  ['2030-01-01T00:00:00+01:00 took 1e+21', '2030-01-01T00:00:00+01:00 took 1e+21'],
])('the text %j is stored as %j', (text, stored) => {
  expect(redactedText(text)).toBe(stored)
})

test('fields about people are hidden, and keys are texts as well', () => {
  const fields = { to: 'a', recipient: 'b', endpoint: 'https://push', name: 'Ada', code: 'x' }
  const entry = logged((logger) => logger.warn({ ...fields, list: { 'ada@example.org': 1 } }, 'x'))
  const hidden = Object.fromEntries(Object.keys(fields).map((name) => [name, '***']))
  expect(entry?.details).toEqual({ ...hidden, list: { '***': 1 } })
})

// Each would take minutes, if the time grew with the square of the length.
test.each([
  'a',
  'eyJ-',
  'eyJhbGciOi',
  'eyJ%20eyJ',
  'a.b-c:',
  'token ',
  'token="',
  String.raw`token:\"`,
  "cookie='",
  'a://a:',
  '+1 2 ',
  'a@a.',
  '"code":',
])('a line of 400,000 characters of %j takes time in proportion', (part) => {
  const long = part.repeat(400_000 / part.length)
  expect(redactedText(long).length).toBeLessThanOrEqual(longestText)
  // The patterns alone, without the cut.
  expect(redactedText(long, long.length).length).toBeGreaterThan(0)
})

test('a secret whose end is cut off is not shown', () => {
  const url = 'postgres://agora:hunter22@db/agora'
  for (const most of [15, 20, 25])
    expect(redactedText(`${url} ${'x'.repeat(5_000)}`, most)).not.toContain('hunt')
  expect(redactedText(`${'x'.repeat(1_000)} ${url}`, 20)).not.toContain('hunt')
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
