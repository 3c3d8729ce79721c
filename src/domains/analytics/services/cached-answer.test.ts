import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { memoryCache } from '../../../platform/storage/cache/memory.ts'
import { cachedAnswer } from './cached-answer.ts'

const schema = Type.Object({ value: Type.Integer() })

/** Answers of a cache with a timer of their own: each computed one is greater by 1. */
const opened = () => {
  let [now, computed] = [0, 0]
  const ports = { cache: memoryCache({ clock: () => now }) }
  const ask = async (minPosition?: bigint, takes = 0) => {
    const { data } = await cachedAnswer(
      ports,
      schema,
      { key: 'a', life: 1_000, minPosition },
      async () => {
        now += takes
        computed += 1
        return { data: { value: computed }, position: 7n }
      },
      () => now,
    )
    return data.value
  }
  return { ask, ports, pass: (ms: number) => void (now += ms) }
}

test('an answer is cached for its life, and replaced by one for a position', async () => {
  const { ask, pass } = opened()
  expect(await ask()).toBe(1)
  pass(999)
  expect(await ask()).toBe(1)
  expect(await ask(5n)).toBe(2)
  expect(await ask()).toBe(2)
  pass(1_001)
  expect(await ask()).toBe(3)
})

test('an answer that took long is cached ten times as long, up to five lives', async () => {
  const { ask, pass } = opened()
  expect(await ask(undefined, 300)).toBe(1)
  pass(2_999)
  expect(await ask()).toBe(1)
  pass(2)
  expect(await ask(undefined, 20_000)).toBe(2)
  pass(4_999)
  expect(await ask()).toBe(2)
  pass(2)
  expect(await ask()).toBe(3)
})

test('requests at once share one computation, and a stored answer of another form is ignored', async () => {
  const { ask, ports } = opened()
  await ports.cache.set('analytics a', Buffer.from('{"data":{"value":"x"},"position":"1"}'), 9_000)
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
})
