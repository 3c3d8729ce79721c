import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import type { LogEntry, LogStore } from './port.ts'
import { defaultShippingLimits, logShipper } from './shipping.ts'

const source = { service: 'agora', process: 'here:1' }
const lineOf = (msg: string) => JSON.stringify({ level: 30, time: 1_000, msg })

/** A store that can be away. */
const store = () => {
  const entries: LogEntry[] = []
  const state = { isUp: true, hangs: undefined as Promise<void> | undefined, writes: 0 }
  const write: LogStore['write'] = async (some) => {
    state.writes += 1
    await state.hangs
    if (!state.isUp) throw new Unavailable('The store is away')
    entries.push(...some)
  }
  return { state, write, messages: () => entries.map(({ message }) => message), entries }
}
const shipping = (limits: Partial<typeof defaultShippingLimits> = {}) => {
  const to = store()
  const errors: unknown[] = []
  const shipper = logShipper({ ...defaultShippingLimits, delay: 2, pause: 8, ...limits }, 'p')
  const begin = () => shipper.shipTo(to, { source, onError: (error) => errors.push(error) })
  return { ...to, errors, shipper, begin }
}

test('lines are written in their order and in batches, those from before the store was opened included', async () => {
  const { shipper, begin, messages, state, entries } = shipping({ batch: 2 })
  for (const text of ['a', 'b', 'c']) shipper.take(lineOf(text))
  const shipped = begin()
  await expect.poll(messages).toEqual(['a', 'b', 'c'])
  expect(state.writes).toBe(2)
  expect(entries.map(({ id }) => id)).toEqual(['p-000000001', 'p-000000002', 'p-000000003'])
  expect(shipper.counts()).toEqual({ shipped: 3, dropped: 0, waiting: 0 })
  await shipped.close()
})

test('while the store is away for long, the buffer is bounded, and what was dropped is counted and reported', async () => {
  const { shipper, begin, state, messages, errors } = shipping({ lines: 100 })
  state.isUp = false
  const shipped = begin()
  for (let n = 0; n < 250; n += 1) shipper.take(lineOf(`line ${n}`))
  await expect.poll(() => errors.length).toBeGreaterThan(2)
  expect(errors[0]).toBeInstanceOf(Unavailable)
  expect(shipper.counts()).toEqual({ shipped: 0, dropped: 150, waiting: 100 })
  state.isUp = true
  await expect.poll(() => messages().length).toBe(101)
  expect(messages().slice(0, 2)).toEqual(['Dropped log lines: 150', 'line 150'])
  expect(messages().at(-1)).toBe('line 249')
  shipper.take(lineOf('later'))
  await expect.poll(() => messages().at(-1)).toBe('later')
  expect(messages()).toHaveLength(102)
  await shipped.close()
})

test('a store that hangs holds up nobody, and the size of the buffer is bounded meanwhile', async () => {
  const { shipper, begin, state, messages } = shipping({ size: 10_000 })
  const hanging = Promise.withResolvers<void>()
  state.hangs = hanging.promise
  const shipped = begin()
  shipper.take(lineOf('first'))
  await expect.poll(() => state.writes).toBe(1)
  for (let n = 0; n < 50_000; n += 1) shipper.take(lineOf(`line ${n}`))
  const { waiting, dropped } = shipper.counts()
  expect(waiting * lineOf('line 49999').length).toBeLessThanOrEqual(10_000)
  expect(dropped).toBeGreaterThan(49_000)
  state.hangs = undefined
  hanging.resolve()
  await expect.poll(() => messages().at(-1)).toBe('line 49999')
  expect(shipper.counts().waiting).toBe(0)
  await shipped.close()
})

test('the last lines are written as the process stops, and a store that is away delays it only for a while', async () => {
  const { shipper, begin, state, messages } = shipping({ delay: 60_000, closing: 20 })
  const shipped = begin()
  shipper.take(lineOf('Agora stops'))
  await shipped.close()
  expect(messages()).toEqual(['Agora stops'])

  const hanging = shipping({ delay: 60_000, closing: 20 })
  hanging.state.hangs = new Promise(() => undefined)
  const other = hanging.begin()
  hanging.shipper.take(lineOf('x'))
  await other.close()
  expect(state.writes).toBe(1)
})

test('a line that is too long, or none of the logger, is dropped', async () => {
  const { shipper, begin, messages } = shipping({ line: 100 })
  const shipped = begin()
  shipper.take(lineOf('x'.repeat(100)))
  shipper.take('not JSON')
  shipper.take(lineOf('short'))
  await expect.poll(messages).toEqual(['Dropped log lines: 1', 'short'])
  await shipped.close()
})
