import { expect, test } from 'vitest'
import { products } from '../projections/index.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import { rememberedReads } from './remembered-reads.ts'

/** A store that answers with the number of its calls. */
const counting = () => {
  let asked = 0
  let away = false
  const ask = async () => {
    asked += 1
    if (away) throw new Error('away')
    return asked
  }
  const store = {
    get: ask,
    find: async () => ({ documents: [], total: await ask() }),
  } as unknown as Pick<DocumentStore, 'get' | 'find'>
  return { store, asked: () => asked, setAway: (now: boolean) => (away = now) }
}

const query = { where: { category: 'light' }, limit: 20 }

test('the same query at the same position is sent once, also for concurrent callers', async () => {
  const { store, asked } = counting()
  const at = rememberedReads(store)
  const answers = await Promise.all([1, 2, 3].map(() => at('7').find(products, { ...query })))
  expect(answers.map(({ total }) => total)).toEqual([1, 1, 1])
  await at('7').get(products, 'a')
  await at('7').get(products, 'a')
  expect(asked()).toBe(2)
})

test('another query, or the same one after an event, is sent to the store', async () => {
  const { store, asked } = counting()
  const at = rememberedReads(store)
  await at('7').find(products, query)
  await at('7').find(products, { ...query, offset: 20 })
  await at('8').find(products, query)
  await at('8').get(products, 'a')
  await at('8').get(products, 'b')
  expect(asked()).toBe(5)
})

test('an answer of many documents is not cached', async () => {
  const { store, asked } = counting()
  const at = rememberedReads(store)
  for (const limit of [200, 200, 201, 201]) await at('7').find(products, { ...query, limit })
  expect(asked()).toBe(3)
})

test('a failure is not cached', async () => {
  const { store, setAway } = counting()
  const at = rememberedReads(store)
  setAway(true)
  await expect(at('7').find(products, query)).rejects.toThrow('away')
  setAway(false)
  expect(await at('7').find(products, query)).toEqual({ documents: [], total: 2 })
})

test('an answer expires, also without events', async () => {
  const { store } = counting()
  const at = rememberedReads(store, { ttl: 30 })
  await at('7').find(products, query)
  await expect
    .poll(async () => (await at('7').find(products, query)).total, { interval: 40 })
    .toBeGreaterThan(1)
})

test('the whole cache is cleared when a person is forgotten', async () => {
  const { store, asked } = counting()
  let forget: () => void = () => undefined
  const at = rememberedReads(store, { ttl: 60_000, onForgotten: (heard) => (forget = heard) })
  await at('7').find(products, query)
  forget()
  await at('7').find(products, query)
  expect(asked()).toBe(2)
})
