import { expect, test } from 'vitest'
import { throughStore } from './outbox.ts'

test('a message comes once though its store took it and said that it failed', async () => {
  const puts: (readonly string[])[] = []
  const between = await throughStore(
    async (taken) => ({
      put: async (lines) => {
        puts.push(lines)
        lines.forEach(taken)
        if (puts.length % 2 === 1) throw new Error('the connection was lost')
      },
      close: async () => undefined,
    }),
    {},
  )
  const heard: unknown[] = []
  between.hear('tea', (message) => void heard.push(message))
  await Promise.all([between.tell('tea', 1), between.tell('tea', 2)])
  await between.tell('tea', 3)
  expect(puts.map(({ length }) => length)).toEqual([2, 2, 1, 1])
  expect(heard).toEqual([1, 2, 3])
  await between.close()
})

test('what a listener tells in its turn comes after, once', async () => {
  let take: (line: string) => void = () => undefined
  const between = await throughStore(async (taken) => {
    take = taken
    return {
      put: async (lines) => lines.forEach((line) => take(line)),
      close: async () => undefined,
    }
  }, {})
  const heard: unknown[] = []
  between.hear('question', (message) => void between.tell('answer', message))
  between.hear('answer', (message) => void heard.push(message))
  await Promise.all([between.tell('question', 1), between.tell('question', 2)])
  await expect.poll(() => heard).toEqual([1, 2])
  await between.close()
})

test('what is no message is passed over', async () => {
  const errors: unknown[] = []
  let take: (line: string) => void = () => undefined
  const between = await throughStore(
    async (taken) => {
      take = taken
      return { put: async (lines) => lines.forEach(taken), close: async () => undefined }
    },
    { onError: (error) => errors.push(error) },
  )
  const heard: unknown[] = []
  between.hear('tea', (message) => void heard.push(message))
  for (const line of ['', '{', '1', 'null', '{"topic":"tea","message":0}']) take(line)
  await between.tell('tea', 1)
  expect(heard).toEqual([1])
  expect(errors).toHaveLength(2)
  await between.close()
})
