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

/** A batch of appends while others listen. */
const batch = () => {
  const quiet = pace.isQuiet()
  position += 1n
  pace.sent({ quiet, unheard: quiet, recorded: position })
  return quiet
}

test('the first batch sends NOTIFY, those within 10 ms leave it to one at their end', async () => {
  expect([batch(), batch(), batch()]).toEqual([false, true, true])
  await vi.advanceTimersByTimeAsync(9)
  expect(notified).toBe(0)
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(1)
  expect(batch()).toBe(false)
})

test('a batch that sends NOTIFY makes the one that was due unnecessary', async () => {
  batch()
  await vi.advanceTimersByTimeAsync(5)
  batch()
  await vi.advanceTimersByTimeAsync(6)
  expect(batch()).toBe(false)
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(0)
})

test('where nobody listens, nothing is due', async () => {
  for (let n = 0; n < 5; n += 1) pace.sent({ quiet: true, unheard: false, recorded: 1n })
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('a log that closes sends what is due', async () => {
  batch()
  batch()
  await pace.close()
  expect(notified).toBe(1)
  await pace.close()
  expect(notified).toBe(1)
})

test('a batch that records nothing does not stand for the NOTIFY that is due', async () => {
  batch()
  await vi.advanceTimersByTimeAsync(9)
  expect(batch()).toBe(true)
  await vi.advanceTimersByTimeAsync(2)
  pace.sent({ quiet: pace.isQuiet(), unheard: false, recorded: 0n })
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(1)
})

test('a batch that was recorded before the one that is due does not stand for its NOTIFY', async () => {
  const quiet = pace.isQuiet()
  pace.sent({ quiet: true, unheard: true, recorded: 8n })
  pace.sent({ quiet, unheard: false, recorded: 7n })
  await vi.advanceTimersByTimeAsync(100)
  expect(notified).toBe(1)
})
