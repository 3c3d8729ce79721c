import { expect, test } from 'vitest'
import { backOff } from './back-off.ts'

test('pauses double up to the longest and start over after a success', () => {
  const pauses = backOff({ first: 50, most: 300 })
  expect(Array.from({ length: 5 }, pauses.next)).toEqual([50, 100, 200, 300, 300])
  pauses.reset()
  expect(pauses.next()).toBe(50)
})

test('an aborted signal ends a pause without an error', async () => {
  const pauses = backOff({ first: 1_000_000 })
  const stop = new AbortController()
  const waiting = pauses.wait(stop.signal)
  stop.abort()
  await expect(waiting).resolves.toBeUndefined()
  await expect(pauses.wait(stop.signal)).resolves.toBeUndefined()
})
