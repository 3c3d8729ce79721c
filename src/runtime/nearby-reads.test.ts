import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Fields, projection, type Store } from '#kernel'
import { InvalidQuery } from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { nearbyReads } from './nearby-reads.ts'
import type { ReadModels } from './reading.ts'

const modelIn = (store: Store) =>
  projection({
    name: 'mail',
    store,
    within: 60_000,
    document: Fields({ id: Type.String() }),
    from: [],
    key: () => undefined,
  }).rules({})

/** Read models of a primary at position 9, and of a member that answers what is given; with the calls of both. */
const world = (answer: () => unknown) => {
  const calls: string[] = []
  const primary: ReadModels = {
    get: async (_, key, minPosition) => {
      calls.push(`primary get ${key} ${minPosition}`)
      return { document: undefined, position: 9n }
    },
    find: async (_, __, minPosition) => {
      calls.push(`primary find ${minPosition}`)
      return { documents: [], total: 0, position: 9n }
    },
    search: async () => {
      calls.push('primary search')
      return { hits: [], total: 0, facets: {}, position: 9n }
    },
    reach: async () => 9n,
  }
  const answered = async (call: string) => {
    calls.push(call)
    // What a test gives is of the type that it reads.
    return answer() as never
  }
  const reads = nearbyReads(primary, {
    get: () => answered('member get'),
    find: () => answered('member find'),
  })
  return { reads, calls }
}

test('a read without a position is answered by the nearest member, at the position of that member', async () => {
  const one = world(() => ({ answer: { id: 'a' }, position: 7n }))
  expect(await one.reads.get(modelIn('mongo'), 'a')).toEqual({
    document: { id: 'a' },
    position: 7n,
  })
  const all = world(() => ({ answer: { documents: [{ id: 'a' }], total: 3 }, position: 7n }))
  expect(await all.reads.find(modelIn('mongo'), {})).toEqual({
    documents: [{ id: 'a' }],
    total: 3,
    position: 7n,
  })
  expect([one.calls, all.calls]).toEqual([['member get'], ['member find']])
})

test('a read with a position, of another store, and a search are answered by the primary', async () => {
  const { reads, calls } = world(() => ({ answer: undefined, position: 7n }))
  await reads.get(modelIn('mongo'), 'a', 0n)
  await reads.find(modelIn('mongo'), {}, 8n)
  await reads.get(modelIn('postgres'), 'b')
  await reads.find(modelIn('elasticsearch'), {})
  await reads.search(modelIn('mongo'), { text: 'x' } as never)
  expect(await reads.reach(modelIn('mongo'), 3n)).toBe(9n)
  expect(calls).toEqual([
    'primary get a 0',
    'primary find 8',
    'primary get b undefined',
    'primary find undefined',
    'primary search',
  ])
})

test('what no member answers, the primary does; an invalid query is refused', async () => {
  const none = world(() => undefined)
  expect((await none.reads.get(modelIn('mongo'), 'a')).position).toBe(9n)
  expect((await none.reads.find(modelIn('mongo'), {})).position).toBe(9n)
  const failing = (error: Error) =>
    world(() => {
      throw error
    })
  const away = failing(new Unavailable('a member is away'))
  expect((await away.reads.find(modelIn('mongo'), {})).position).toBe(9n)
  expect(away.calls).toEqual(['member find', 'primary find undefined'])
  for (const error of [new InvalidQuery('no such field'), new TypeError('a flaw')]) {
    const { reads, calls } = failing(error)
    await expect(reads.get(modelIn('mongo'), 'a')).rejects.toThrow(error)
    expect(calls).toEqual(['member get'])
  }
})
