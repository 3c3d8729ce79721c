import { expect, test } from 'vitest'
import { bell } from './bell.ts'

const never = 600_000

test('a ring ends the waits of all who listened before, also of those who wait after it', async () => {
  const { ring, listen } = bell()
  const [before, late] = [listen(), listen()]
  const waits = [before(never), before(never)]
  ring()
  const ended = Promise.all([...waits, late(never), late(never)])
  await expect(ended).resolves.toHaveLength(4)
})

test('a ring is not stored: who listens after it waits for the next one', async () => {
  const { ring, listen } = bell()
  ring()
  const order: string[] = []
  const waited = listen()(never).then(() => order.push('rung'))
  await new Promise((resolve) => setImmediate(resolve))
  order.push('rings')
  ring()
  await waited
  expect(order).toEqual(['rings', 'rung'])
})

test('a wait ends after its time, and with its signal', async () => {
  const { listen } = bell()
  await expect(listen()(1)).resolves.toBeUndefined()
  const stop = new AbortController()
  const waits = [listen()(never, stop.signal), listen()(never, stop.signal)]
  stop.abort()
  const ended = Promise.all([...waits, listen()(never, stop.signal)])
  await expect(ended).resolves.toHaveLength(3)
})
