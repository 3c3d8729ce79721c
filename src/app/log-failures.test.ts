import { expect, test } from 'vitest'
import { Unavailable } from '../platform/unavailable.ts'
import { failureLog, type LoggedFailure } from './log-failures.ts'

test('an outage is logged once a minute for each source and message, other failures each time', () => {
  let at = 0
  const lines: LoggedFailure[] = []
  const failed = failureLog(
    (line) => void lines.push(line),
    () => at,
  )
  const notifications = { part: 'projection', name: 'notifications', key: undefined }
  const gigs = { ...notifications, name: 'gigs' }
  const away = () => new Unavailable('MongoDB is away')
  for (at = 0; at < 60_000; at += 10_000) {
    failed(away(), notifications)
    failed(away(), gigs)
  }
  failed(new Unavailable('PostgreSQL is away'), notifications)
  expect(lines.map(({ source, repeated }) => [source, repeated])).toEqual([
    ['notifications', undefined],
    ['gigs', undefined],
    // Another message is another outage.
    ['notifications', undefined],
  ])
  lines.length = 0
  failed(away(), notifications)
  expect(lines).toMatchObject([{ part: 'projection', source: 'notifications', repeated: 5 }])
  lines.length = 0
  failed(new Error('a rule'), notifications)
  failed(new Error('a rule'), notifications)
  expect(lines).toHaveLength(2)
  at += 120_000
  failed(away(), notifications)
  expect(lines.at(-1)).not.toHaveProperty('repeated')
})
