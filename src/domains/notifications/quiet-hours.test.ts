import { expect, test } from 'vitest'
import { quietUntil } from './quiet-hours.ts'

const night = { from: '22:00', to: '07:00' }

test.each([
  ['2030-01-07T21:30:10.000Z', 'Europe/Berlin', '2030-01-08T06:00:00.000Z'],
  ['2030-01-08T05:59:59.000Z', 'Europe/Berlin', '2030-01-08T06:00:00.000Z'],
  ['2030-01-08T06:00:00.000Z', 'Europe/Berlin', undefined],
  ['2030-01-07T20:59:00.000Z', 'Europe/Berlin', undefined],
  ['2030-01-07T21:00:00.000Z', 'Europe/Berlin', '2030-01-08T06:00:00.000Z'],
  ['2030-01-07T21:30:00.000Z', 'UTC', undefined],
  ['2030-01-07T13:30:00.000Z', 'Asia/Tokyo', '2030-01-07T22:00:00.000Z'],
  ['2030-01-07T03:30:00.000Z', 'Asia/Kathmandu', undefined],
  // The clocks are changed in these nights.
  ['2030-03-30T22:00:00.000Z', 'Europe/Berlin', '2030-03-31T05:00:00.000Z'],
  ['2030-10-26T21:00:00.000Z', 'Europe/Berlin', '2030-10-27T06:00:00.000Z'],
  ['2030-01-07T23:30:00.000Z', 'no such zone', '2030-01-08T07:00:00.000Z'],
])('at %s in %s it is quiet until %s', (at, zone, until) =>
  expect(quietUntil(at, night, zone)).toBe(until),
)

test('quiet hours within a day, and none', () => {
  const noon = { from: '12:00', to: '14:00' }
  expect(quietUntil('2030-01-07T13:59:00.000Z', noon, 'UTC')).toBe('2030-01-07T14:00:00.000Z')
  expect(quietUntil('2030-01-07T14:00:00.000Z', noon, 'UTC')).toBeUndefined()
  const none = { from: '12:00', to: '12:00' }
  expect(quietUntil('2030-01-07T12:00:00.000Z', none, 'UTC')).toBeUndefined()
})
