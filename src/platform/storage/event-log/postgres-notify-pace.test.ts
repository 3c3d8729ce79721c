import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Database } from '../../engines/postgres/database.ts'
import { notifyPace } from './postgres-notify-pace.ts'

let notified: number
let pace: ReturnType<typeof notifyPace>

beforeEach(() => {
  vi.useFakeTimers()
  notified = 0
  const database: Pick<Database, 'query'> = {
    query: async () => {
      notified += 1
      return []
    },
  }
  pace = notifyPace(database, 'a listener')
})
afterEach(() => void vi.useRealTimers())

let position = 0n

/** A batch of appends while other processes listen. */
const batch = () => {
  const quiet = pace.isQuiet()
  position += 1n
  pace.sent({ quiet, unheard: quiet, recorded: position })
  return quiet
}

test('the first batch sends NOTIFY; batches within 10 ms share one at the end', async () => {
  expect([batch(), batch(), batch()]).toEqual([false, true, true])
  await vi.advanceTimersByTimeAsync(9)
  expect(notified).toBe(0)
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(1)
  expect(batch()).toBe(false)
})

test('a batch that sends NOTIFY cancels the delayed one', async () => {
  batch()
  await vi.advanceTimersByTimeAsync(5)
  batch()
  await vi.advanceTimersByTimeAsync(6)
  expect(batch()).toBe(false)
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(0)
})

test('without listeners, no NOTIFY is delayed', async () => {
  for (let n = 0; n < 5; n += 1) pace.sent({ quiet: true, unheard: false, recorded: 1n })
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('a log that closes sends the delayed NOTIFY', async () => {
  batch()
  batch()
  await pace.close()
  expect(notified).toBe(1)
  await pace.close()
  expect(notified).toBe(1)
})

test('a batch that records nothing does not replace the delayed NOTIFY', async () => {
  batch()
  await vi.advanceTimersByTimeAsync(9)
  expect(batch()).toBe(true)
  await vi.advanceTimersByTimeAsync(2)
  pace.sent({ quiet: pace.isQuiet(), unheard: false, recorded: 0n })
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(1)
})

test('an earlier batch does not replace the delayed NOTIFY of a later one', async () => {
  const quiet = pace.isQuiet()
  pace.sent({ quiet: true, unheard: true, recorded: 8n })
  pace.sent({ quiet, unheard: false, recorded: 7n })
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(1)
})
