import { expect, test } from 'vitest'
import { logsSearch } from './logs-search.ts'

test('a search of logs is read from an address, without what it does not know', () => {
  expect(
    logsSearch({
      service: 'ordering',
      level: 'warn',
      q: 42,
      from: '2030-01-01T12:00Z',
      to: 'never',
      traceId: ' ',
      tail: true,
      more: 1,
    }),
  ).toStrictEqual({
    service: 'ordering',
    level: 'warn',
    q: '42',
    from: '2030-01-01T12:00:00.000Z',
    tail: true,
  })
  expect(logsSearch({ level: 'loud', tail: 'yes' })).toStrictEqual({})
})
