import { expect, test } from 'vitest'
import { throughStore } from './outbox.ts'

test('a message is received once although its store accepted it and reported a failure', async () => {
  const puts: (readonly string[])[] = []
  const bus = await throughStore(
    async (deliver) => ({
      put: async (lines) => {
        puts.push(lines)
        lines.forEach(deliver)
        if (puts.length % 2 === 1) throw new Error('the connection was lost')
      },
      close: async () => undefined,
    }),
    {},
  )
  const received: unknown[] = []
  bus.subscribe('topic', (message) => void received.push(message))
  await Promise.all([bus.publish('topic', 1), bus.publish('topic', 2)])
  await bus.publish('topic', 3)
  expect(puts.map(({ length }) => length)).toEqual([2, 2, 1, 1])
  expect(received).toEqual([1, 2, 3])
  await bus.close()
})

test('a message that a listener publishes is received once, after the present one', async () => {
  let receive: (line: string) => void = () => undefined
  const bus = await throughStore(async (deliver) => {
    receive = deliver
    return {
      put: async (lines) => lines.forEach((line) => receive(line)),
      close: async () => undefined,
    }
  }, {})
  const received: unknown[] = []
  bus.subscribe('question', (message) => void bus.publish('answer', message))
  bus.subscribe('answer', (message) => void received.push(message))
  await Promise.all([bus.publish('question', 1), bus.publish('question', 2)])
  await expect.poll(() => received).toEqual([1, 2])
  await bus.close()
})

test('invalid messages are skipped', async () => {
  const errors: unknown[] = []
  let receive: (line: string) => void = () => undefined
  const bus = await throughStore(
    async (deliver) => {
      receive = deliver
      return { put: async (lines) => lines.forEach(deliver), close: async () => undefined }
    },
    { onError: (error) => errors.push(error) },
  )
  const received: unknown[] = []
  bus.subscribe('topic', (message) => void received.push(message))
  for (const line of ['', '{', '1', 'null', '{"topic":"topic","message":0}']) receive(line)
  await bus.publish('topic', 1)
  expect(received).toEqual([1])
  expect(errors).toHaveLength(2)
  await bus.close()
})
