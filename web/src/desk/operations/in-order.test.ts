import { expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

test('dead letters are ordered by position as numbers, jobs last and by time', () => {
  const at = (minute: number) => `2030-01-01T00:0${minute}:00.000Z`
  const letters = [
    { id: 'late job', at: at(5) },
    { id: 'tenth', position: '10', at: at(1) },
    { id: 'early job', at: at(1) },
    { id: 'ninth', position: '9', at: at(2) },
  ]
  expect(inOrder(letters).map(({ id }) => id)).toStrictEqual([
    'ninth',
    'tenth',
    'early job',
    'late job',
  ])
})
