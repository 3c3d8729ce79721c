import { expect, test } from 'vitest'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { schedule } from './scheduler.ts'

test('a chore is run periodically, by one process at a time, also after failures', async () => {
  const leases = memoryLeases()
  const errors: unknown[] = []
  const done: string[] = []
  const start = (who: string) => {
    const stop = new AbortController()
    const chore = {
      name: 'sweep',
      every: 1,
      run: async () => {
        done.push(who)
        if (done.length === 2) throw new Error('the broom broke')
      },
    }
    const over = schedule(chore, stop.signal, { leases, onError: (e) => errors.push(e) })
    return { stop: () => stop.abort(), over }
  }
  const [first, second] = [start('first'), start('second')]
  await expect.poll(() => done.length).toBeGreaterThan(3)
  expect(errors).toEqual([new Error('the broom broke')])
  first.stop()
  await first.over
  expect(done).not.toContain('second')
  await expect.poll(() => done.includes('second')).toBe(true)
  second.stop()
  await second.over
})

test('a chore pauses from the loss of its lease until it is acquired again', async () => {
  const stop = new AbortController()
  const lost = new AbortController()
  const again = Promise.withResolvers<void>()
  const done: number[] = []
  let asked = 0
  const leases: Pick<Leases, 'acquire'> = {
    acquire: async () => {
      asked++
      if (asked > 1) await again.promise
      const held = asked > 1 ? new AbortController() : lost
      return {
        lost: held.signal,
        isHeld: () => !held.signal.aborted,
        release: async () => undefined,
      }
    },
  }
  const chore = { name: 'sweep', every: 1, run: async () => void done.push(asked) }
  const over = schedule(chore, stop.signal, { leases, onError: () => undefined })
  await expect.poll(() => done.length).toBeGreaterThan(0)
  lost.abort()
  await expect.poll(() => asked).toBe(2)
  expect(done).not.toContain(2)
  again.resolve()
  await expect.poll(() => done).toContain(2)
  stop.abort()
  await over
})
