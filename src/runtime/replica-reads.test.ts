import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Fields, projection } from '#kernel'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { InvalidQuery, type DocumentStore } from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { ReadModels } from './reading.ts'
import { replicaReads } from './replica-reads.ts'

const notes = projection({
  name: 'notes',
  store: 'postgres',
  within: 60_000,
  document: Fields({ id: Type.String(), on: Type.String() }),
  from: [],
  key: () => undefined,
}).rules({})

const holding = async (on: string, position: bigint) => {
  const documents = memoryDocuments()
  const generation = await documents.begin(notes)
  const upserts = new Map([['a', { id: 'a', on }]])
  await documents.write(generation, { from: 0n, to: position, upserts, deletes: [] })
  await documents.publish(generation)
  return documents
}

const primaryOf = (documents: DocumentStore): ReadModels => ({
  get: async (model, key) => ({ document: await documents.get(model, key), position: 9n }),
  find: async (model, query) => ({ ...(await documents.find(model, query)), position: 9n }),
  search: () => Promise.reject(new Error('not searched here')),
  reach: async () => 9n,
})

test('a replica answers reads that ask for no position, or for one that it has reached', async () => {
  const primary = primaryOf(await holding('primary', 9n))
  const replica = await holding('replica', 5n)
  const errors: unknown[] = []
  const reads = replicaReads(primary, replica, { onError: (error) => void errors.push(error) })
  const on = async (minPosition?: bigint) => {
    const one = await reads.get(notes, 'a', minPosition)
    const all = await reads.find(notes, {}, minPosition)
    expect([all.documents, all.position]).toEqual([[one.document], one.position])
    return [one.document?.on, one.position]
  }
  expect(await on()).toEqual(['replica', 5n])
  expect(await on(5n)).toEqual(['replica', 5n])
  expect(await on(6n)).toEqual(['primary', 9n])
  // One that lives elsewhere is not there; nor is one that the replica does not have yet.
  const elsewhere = await reads.get({ ...notes, store: 'mongo' }, 'a')
  expect(elsewhere.position).toBe(9n)
  expect((await reads.get({ ...notes, name: 'newer' }, 'a')).position).toBe(9n)
  expect(errors).toEqual([])
})

test('a replica that fails is left alone for a while, and the primary answers', async () => {
  let at = 0
  let isAway = true
  let tries = 0
  const replica = await holding('replica', 5n)
  const errors: unknown[] = []
  const failing: typeof replica = {
    ...replica,
    get: async (model, key) => {
      tries += 1
      if (isAway) throw new Unavailable('away')
      return replica.get(model, key)
    },
  }
  const reads = replicaReads(primaryOf(await holding('primary', 9n)), failing, {
    onError: (error) => void errors.push(error),
    now: () => at,
  })
  const on = async () => (await reads.get(notes, 'a')).document?.on
  expect([await on(), await on(), tries, errors.length]).toEqual(['primary', 'primary', 1, 1])
  isAway = false
  expect(await on()).toBe('primary')
  at += 5_000
  expect(await on()).toBe('replica')
  // A question that no document could answer is no failure of the replica.
  await expect(reads.find(notes, { where: { none: 1 } })).rejects.toThrow(InvalidQuery)
  expect(await on()).toBe('replica')
})

test('a replica that hangs after a failure is waited for by one read, and the primary answers the others', async () => {
  let at = 0
  let tries = 0
  const trial = Promise.withResolvers<never>()
  const replica = await holding('replica', 5n)
  const hanging: typeof replica = {
    ...replica,
    get: () => {
      tries += 1
      return tries === 1 ? Promise.reject(new Unavailable('away')) : trial.promise
    },
  }
  const reads = replicaReads(primaryOf(await holding('primary', 9n)), hanging, {
    onError: () => undefined,
    now: () => at,
  })
  const on = async () => (await reads.get(notes, 'a')).document?.on
  expect(await on()).toBe('primary')
  at += 5_000
  const first = on()
  // Had it gone to the replica as well, it would not be answered.
  const second = await Promise.race([
    on(),
    new Promise((resolve) => setImmediate(resolve, 'waits')),
  ])
  trial.reject(new Unavailable('away'))
  expect([second, await first, tries]).toEqual(['primary', 'primary', 2])
})

test('a replica that does not answer in time is left alone, and the primary answers', async () => {
  const replica = await holding('replica', 5n)
  let tries = 0
  const hanging: typeof replica = {
    ...replica,
    get: () => {
      tries += 1
      return new Promise(() => undefined)
    },
  }
  const errors: unknown[] = []
  const reads = replicaReads(primaryOf(await holding('primary', 9n)), hanging, {
    onError: (error) => void errors.push(error),
    patience: 5,
    now: () => 0,
  })
  const on = async () => (await reads.get(notes, 'a')).document?.on
  expect([await on(), await on(), tries]).toEqual(['primary', 'primary', 1])
  expect(errors.map(String)).toEqual(['TooLate: The replica did not answer in 5 ms'])
})

test('a read that the replica gave up is read from the primary, and the replica answers the next', async () => {
  const replica = await holding('replica', 5n)
  let isConflict = true
  const conflicting: typeof replica = {
    ...replica,
    get: async (model, key) => {
      if (isConflict) throw new Error('conflict with recovery')
      return replica.get(model, key)
    },
  }
  const errors: unknown[] = []
  const reads = replicaReads(primaryOf(await holding('primary', 9n)), conflicting, {
    onError: (error) => void errors.push(error),
    isConflict: (error) => String(error).includes('conflict'),
    now: () => 0,
  })
  const on = async () => (await reads.get(notes, 'a')).document?.on
  expect(await on()).toBe('primary')
  isConflict = false
  expect([await on(), errors]).toEqual(['replica', []])
})
