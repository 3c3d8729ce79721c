import { expect, onTestFinished, test } from 'vitest'
import { mongoMembers } from '../../../../test/support/mongo-members.ts'
import { freshMongo, hasMongo, needsMongo } from '../../../../test/support/mongo.ts'
import { openMongo } from '../../engines/mongo/connection.ts'
import { newModel, order, published, put, upserting } from './conformance-model.ts'
import { memoryDocuments } from './memory.ts'
import { mongoEngine } from './mongo.ts'
import { InvalidQuery } from './port.ts'
import { routedDocuments } from './routed.ts'

const openStore = (url: string, isReadNearby = true) => {
  const connection = openMongo(url, { isReadNearby })
  onTestFinished(() => connection.close())
  const mongo = { engine: mongoEngine(connection), isCurrent: true }
  return { connection, store: routedDocuments(memoryDocuments(), { mongo }) }
}

test.skipIf(!hasMongo)(
  `a secondary that lags answers with its own position; the primary has the newest${needsMongo}`,
  async () => {
    await using members = await mongoMembers()
    const { store } = openStore(members.url)
    const model = newModel('mongo')
    const generation = await published(store, model, [order('a')])
    await members.replicate()
    await put(store, generation, [order('a', { note: 'new' }), order('b')])

    const from = members.reads().length
    expect(await store.nearby.get(model, 'a')).toEqual({ answer: order('a'), position: 1n })
    expect(await store.nearby.get(model, 'b')).toEqual({ answer: undefined, position: 1n })
    const query = { where: { userId: 'ann' }, sort: ['createdAt'] }
    expect(await store.nearby.find(model, query)).toEqual({
      answer: { documents: [order('a')], total: 1 },
      position: 1n,
    })
    const reads = members.reads().slice(from)
    expect(new Set(reads.map(({ member }) => member))).toEqual(new Set(['secondary']))
    // Whichever member answers next, it has what the marker was read with.
    expect(reads.filter(({ after }) => after === undefined).length).toBe(3)
    expect(new Set(reads.map(({ after }) => after)).size).toBe(2)
    expect(await store.get(model, 'b')).toEqual(order('b'))
    expect((await store.find(model, query)).total).toBe(2)
    expect(members.reads().slice(from + reads.length)).toEqual(
      ['find', 'aggregate', 'aggregate'].map((command) => ({ member: 'primary', command })),
    )

    await members.replicate()
    expect(await store.nearby.get(model, 'b')).toEqual({ answer: order('b'), position: 2n })
    expect((await store.nearby.find(model, query))?.answer.total).toBe(2)
    await expect(store.nearby.find(model, { where: { none: 'x' } })).rejects.toThrow(InvalidQuery)
  },
)

test.skipIf(!hasMongo)(
  `a secondary knows positions that moved without a write, and says nothing of a generation that it lacks${needsMongo}`,
  async () => {
    await using members = await mongoMembers()
    const { store } = openStore(members.url)
    const model = newModel('mongo')
    const generation = await published(store, model, [order('a')])
    // Not there yet: the primary has to answer.
    expect(await store.nearby.get(model, 'a')).toBeUndefined()
    await members.replicate()
    await store.advance([{ generation, from: 1n, to: 5n }])
    await store.advance([{ generation, from: 5n, to: 7n }])
    const position = async () => {
      await members.replicate()
      return (await store.nearby.get(model, 'a'))?.position
    }
    await expect.poll(position).toBe(7n)
    // A move that another process has made already is none.
    await store.advance([{ generation, from: 5n, to: 9n }])
    // A batch that a process without its lease writes late.
    await store.write(generation, { from: 7n, to: 8n, upserts: upserting([]), deletes: ['a'] })
    await members.replicate()
    expect(await store.nearby.get(model, 'a')).toEqual({ answer: undefined, position: 8n })
    // A document that stood ahead of the others after a crash.
    await store.replaceAhead?.(generation, 'c', order('c'), 12n)
    await members.replicate()
    expect(await store.nearby.get(model, 'c')).toEqual({ answer: order('c'), position: 8n })
  },
)

test.skipIf(!hasMongo)(
  `a server without sessions is read from its primary, also where nearest members may be read${needsMongo}`,
  async () => {
    await using mongo = await freshMongo()
    const { connection, store } = openStore(mongo.url)
    const model = newModel('mongo')
    await published(store, model, [order('a')])
    expect(await store.nearby.get(model, 'a')).toBeUndefined()
    expect(await store.nearby.find(model, {})).toBeUndefined()
    expect(await store.get(model, 'a')).toEqual(order('a'))
    expect(connection.isUp()).toBe(true)
    // By default, none is asked.
    const { store: usual } = openStore(mongo.url, false)
    await published(usual, newModel('mongo'), [order('a')])
    expect(await usual.nearby.get(model, 'a')).toBeUndefined()
  },
)
