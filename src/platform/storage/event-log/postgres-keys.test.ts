import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, Fields, personal, projection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase } from '../../engines/postgres/database.ts'
import { isInRange } from './key-hash.ts'
import { memoryEventLog } from './memory.ts'
import { keySelection } from './postgres-keys.ts'
import { postgresEventLog } from './postgres.ts'

const declared = (name: string, field: ReturnType<typeof Type.String>) =>
  decider({
    name,
    id: Type.String(),
    commands: {},
    events: { [`${name}Moved`]: Fields({ of: field }) },
    refusals: {},
  }).rules<null>({ initialState: null, decide: {}, evolve: {} })

const modelOf = (field: ReturnType<typeof Type.String>) =>
  projection({
    name: 'cases',
    store: 'postgres',
    within: 1_000,
    document: Fields({}),
    from: [declared('desk', field), declared('note', field)],
    key: { field: 'of', except: [declared('desk', field)] },
  }).rules({})

test('a read of some keys returns the events of their documents, in the order of the log', async () => {
  await using fresh = await freshDatabase()
  const database = openDatabase(fresh.url, { connections: 2 })
  await using _ = { [Symbol.asyncDispose]: () => database.close() }
  expect(await keySelection(database)()).toBe(true)
  const log = await postgresEventLog(database)
  const model = modelOf(Type.String())
  const event = (type: string, data: object) => ({
    eventId: randomUUID(),
    type,
    data,
    metadata: someMetadata,
  })
  for (let nth = 0; nth < 60; nth += 1) {
    const id = nth % 3 === 0 ? randomUUID() : `ä✓${'x'.repeat(nth)}`
    await log.append(`desk-${id}`, 'any', [event('deskMoved', { of: randomUUID() })])
    await log.append(`note-${randomUUID()}`, 'any', [event('noteMoved', { of: id })])
    await log.append(`note-${randomUUID()}`, 'any', [event('noteMoved', {})])
  }
  const { events } = await log.readAll()
  for (const of of [2, 3])
    for (let part = 0; part < of; part += 1) {
      const among = { ...model.keyIn!, part, of }
      const own = events.filter((one) => model.keysOf(one).some((key) => isInRange(among, key)))
      expect(own.length).toBeGreaterThan(10)
      const all = await log.readAll({ after: 0n, among })
      expect(all.events).toEqual(own)
      expect(all.position).toBe(await log.head())
      const page = await log.readAll({ after: 0n, among, limit: 5, types: ['noteMoved'] })
      expect(page.events).toEqual(own.filter(({ type }) => type === 'noteMoved').slice(0, 5))
      expect(page.position).toBe(page.events.at(-1)?.position)
      // Of an earlier version, the field is known once they are upcast.
      const old = await log.readAll({ after: 0n, among: { ...among, upcast: ['deskMoved'] } })
      expect(old.events.filter(({ type }) => type === 'deskMoved')).toHaveLength(60)
    }
  await log.close()
})

test.each(['PostgreSQL', 'memory'])(
  'events of versions that the key is not known of are in each part: %s',
  async (kind) => {
    await using parts = new AsyncDisposableStack()
    const open = async () => {
      if (kind === 'memory') return memoryEventLog()
      const fresh = parts.use(await freshDatabase())
      const database = parts.adopt(openDatabase(fresh.url, { connections: 2 }), (it) => it.close())
      return parts.adopt(await postgresEventLog(database), (it) => it.close())
    }
    const log = await open()
    const { keyIn } = modelOf(Type.String())
    const moved = async (schemaVersion: number, data: object) => {
      const metadata = { ...someMetadata, schemaVersion }
      const event = { eventId: randomUUID(), type: 'noteMoved', data, metadata }
      return (await log.append(`note-${randomUUID()}`, 'any', [event])).position
    }
    for (let nth = 0; nth < 8; nth += 1) await moved(1, { of: randomUUID() })
    // A newer version may have named the field otherwise.
    const newer = [await moved(2, { whose: 'a' }), await moved(10, {})]
    const read = async (change: object) => {
      const found: bigint[][] = []
      for (const part of [0, 1]) {
        const among = { ...keyIn!, ...change, part, of: 2 }
        const { events } = await log.readAll({ after: 0n, among })
        found.push(events.map(({ position }) => position))
      }
      return found
    }
    for (const positions of await read({})) expect(positions).toEqual(expect.arrayContaining(newer))
    expect((await read({})).flat()).toHaveLength(8 + 2 * newer.length)
    // Of an earlier version, the field is known once they are upcast.
    expect((await read({ upcast: ['noteMoved'] })).flat()).toHaveLength(20)
    // The id of a stream is there in all versions.
    expect((await read({ field: null })).flat()).toHaveLength(10)
  },
)

test('a database that hashes in another way is not asked to select', async () => {
  const isSelected = keySelection({ query: async () => [{ hash: 1n }] as never })
  expect(await isSelected()).toBe(false)
})

test('a field that is encrypted in the log cannot be the key', () =>
  expect(() => modelOf(personal(Type.String()))).toThrow('of of deskMoved is encrypted'))
