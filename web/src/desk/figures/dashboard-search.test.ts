import { expect, test } from 'vitest'
import { dashboardSearch, lastDays } from './dashboard-search.ts'

test('a view is read from an address, without what it does not know', () => {
  expect(
    dashboardSearch({
      from: '2030-01-01',
      to: 'soon',
      timeZone: 'Europe/Berlin',
      metric: 'sales',
      bucket: 'year',
      groupBy: 'kind',
    }),
  ).toStrictEqual({
    from: '2030-01-01',
    timeZone: 'Europe/Berlin',
    metric: 'sales',
    groupBy: 'kind',
  })
  expect(dashboardSearch({ timeZone: 'a b', metric: 'none', groupBy: '' })).toStrictEqual({})
})

test('the last days end with the present day of the time zone', () => {
  const now = Date.parse('2030-03-01T00:30:00.000Z')
  expect(lastDays(7, now, 'UTC')).toStrictEqual({ from: '2030-02-23', to: '2030-03-01' })
  expect(lastDays(1, now, 'America/New_York')).toStrictEqual({
    from: '2030-02-28',
    to: '2030-02-28',
  })
})
