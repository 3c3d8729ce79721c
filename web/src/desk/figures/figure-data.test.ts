import { expect, test } from 'vitest'
import { arranged, daysOf, plainFigure } from './figure-data.ts'

test('a range has its days in its time zone, also across a change of clocks', () => {
  const range = { from: '2030-03-29T23:00:00.000Z', to: '2030-04-01T22:00:00.000Z' }
  expect(daysOf({ ...range, timeZone: 'Europe/Berlin' })).toStrictEqual([
    '2030-03-30',
    '2030-03-31',
    '2030-04-01',
  ])
  expect(daysOf({ ...range, timeZone: 'UTC' })[0]).toBe('2030-03-29')
  expect(
    daysOf({ from: '2030-01-01T10:00:00Z', to: '2030-01-01T11:00:00Z', timeZone: 'UTC' }),
  ).toStrictEqual(['2030-01-01'])
})

test('entries become series over all labels, the largest series first', () => {
  expect(
    arranged(
      'Day',
      [
        { label: '02', series: 'EUR', value: 2 },
        { label: '02', series: 'EUR', value: 3 },
        { label: '04', series: 'GBP', value: 9 },
      ],
      { labels: ['01', '02', '03'], missing: 0 },
    ),
  ).toStrictEqual({
    head: 'Day',
    labels: ['01', '02', '03', '04'],
    series: [
      { name: 'GBP', values: [0, 0, 0, 9] },
      { name: 'EUR', values: [0, 5, 0, 0] },
    ],
  })
})

test('small series are left out, and a missing value is none', () => {
  const entries = ['a', 'b', 'c'].map((series, nth) => ({ label: series, series, value: nth }))
  expect(arranged('Kind', entries, { most: 1 }).series).toStrictEqual([
    { name: 'c', values: [undefined, undefined, 2] },
  ])
  expect(plainFigure('Status', 'Orders', [['PAID', 3]])).toStrictEqual({
    head: 'Status',
    labels: ['PAID'],
    series: [{ name: 'Orders', values: [3] }],
  })
})
