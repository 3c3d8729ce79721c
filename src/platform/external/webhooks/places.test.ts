import { expect, test } from 'vitest'
import { endpointPlaces } from './places.ts'

const places = (patienceMs = 60_000) =>
  endpointPlaces({ atOnce: 1, mostWaiting: 2, mostWaitingInAll: 3, patienceMs })

test('places pass on in the order of arrival', async () => {
  const { take } = places()
  const free = await take('a')
  const order: number[] = []
  const waits = [1, 2].map(async (nth) => {
    const next = await take('a')
    order.push(nth)
    next?.()
  })
  expect(await take('a')).toBeUndefined()
  expect(await take('b')).toBeDefined()
  expect(order).toEqual([])
  free?.()
  await Promise.all(waits)
  expect(order).toEqual([1, 2])
  // All are free again.
  expect(await take('a')).toBeDefined()
})

test('a wait ends after a while, and leaves the queue', async () => {
  const { take } = places(1)
  const free = await take('a')
  expect(await Promise.all([take('a'), take('a')])).toEqual([undefined, undefined])
  free?.()
  expect(await take('a')).toBeDefined()
})
