import { expect, test } from 'vitest'
import { memoryLeases } from '../leases/memory.ts'
import { nowAndThen } from './now-and-then.ts'

test('a chore is done again and again, by one at a time, whatever fails', async () => {
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
    const over = nowAndThen(chore, stop.signal, { leases, onError: (e) => errors.push(e) })
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
