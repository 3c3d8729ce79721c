import { randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { catalogue, Fields, Id, personal } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import type { Database } from '../../engines/postgres/database.ts'
import { memoryPersonalKeys } from '../../security/personal/memory.ts'
import { memoryBlobs } from '../blobs/memory.ts'
import { OutOfSpace, type Blobs } from '../blobs/port.ts'
import { encryptingLog } from '../event-log/encrypting-log.ts'
import type { NewEvent } from '../event-log/port.ts'
import { postgresEventLog } from '../event-log/postgres.ts'
import { readTexts } from '../event-log/postgres-texts.ts'
import { validatingLog } from '../event-log/validating-log.ts'
import { ArchiveDamaged } from './port.ts'
import { postgresArchives } from './postgres.ts'

const eventOf = (data: unknown, more: Partial<NewEvent> = {}): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data,
  metadata: someMetadata,
  ...more,
})

const original = { contentType: 'text/plain', data: 'AAEC', metadata: '' }

/** Three interleaved streams: `order-a` of three events, `order-b` of one, `cart-c` of two. */
const world = async () => {
  const fresh = await freshDatabase()
  const { database } = fresh
  const blobs = memoryBlobs()
  const archives = postgresArchives(database, blobs)
  const log = await postgresEventLog(database, { archives })
  await log.append('order-a', 'none', [eventOf({ text: 'ä "lengths":[1],"data":\n\\' })])
  await log.append('cart-c', 'none', [eventOf({ n: 1 })])
  await log.append('order-a', 0, [eventOf({ n: 2 }, { original }), eventOf({ n: 3 })])
  await log.append('order-b', 'none', [eventOf({ deep: [{ z: null, a: 1e21 }] })])
  await log.append('cart-c', 0, [eventOf({ n: 4 })])
  await database.query(
    `UPDATE agora.events SET data = '{"n": 12345678901234567890.50}' WHERE position = 4`,
  )
  const all = async () => ({
    events: (await log.readAll({ after: 0n })).events,
    texts: await readTexts(database, { after: 0n, last: 99n, most: 99 }, archives),
    backwards: await log.read('order-a', { direction: 'backwards' }),
  })
  const rows = () =>
    database.query<{ position: bigint; data: string; archive: number | null }>(
      'SELECT position, data::text AS data, archive FROM agora.events ORDER BY position',
    )
  return {
    database,
    blobs,
    archives,
    log,
    all,
    rows,
    [Symbol.asyncDispose]: async () => {
      await log.close()
      await fresh[Symbol.asyncDispose]()
    },
  }
}

test('archived events are read like others, to the byte, and come back as they were', async () => {
  await using it = await world()
  const [before, rowsBefore] = [await it.all(), await it.rows()]
  const archive = await it.archives.archive(['order-a', 'order-b', 'order-unknown'])
  expect(archive).toMatchObject({ streams: 2, events: 4, first: 1n, last: 5n })
  expect(await it.archives.list()).toEqual([archive])
  expect((await it.rows()).map(({ data, archive: number }) => [data, number])).toEqual([
    ['{}', archive!.number],
    ['{"n": 1}', null],
    ['{}', archive!.number],
    ['{}', archive!.number],
    ['{}', archive!.number],
    ['{"n": 4}', null],
  ])
  expect(await it.all()).toEqual(before)
  // Another process has no archive in memory.
  const other = await postgresEventLog(it.database, {
    archives: postgresArchives(it.database, it.blobs),
  })
  expect((await other.readAll({ after: 0n })).events).toEqual(before.events)
  const types = { types: ['Counted'] }
  expect((await other.readAll({ after: 0n, ...types })).events).toEqual(before.events)
  expect((await other.readAll({ after: 0n, ...types, archived: false })).events).toEqual(
    before.events.filter(({ stream }) => stream === 'cart-c'),
  )
  await other.close()
  expect(await it.archives.archive(['order-a', 'order-b'])).toBeUndefined()

  const restored = { ...archive, restoredAt: expect.any(String) }
  expect(await it.archives.restore(archive!.number)).toEqual(restored)
  expect(await it.rows()).toEqual(rowsBefore)
  expect(await it.all()).toEqual(before)
  expect(await it.archives.restore(archive!.number)).toBeUndefined()
  // For backups and copies from before.
  expect(await Array.fromAsync(it.blobs.list())).toHaveLength(2)

  const again = await it.archives.archive(['order-a'])
  expect(await it.archives.list()).toEqual([restored, again])
  expect(await it.archives.removeRestored()).toEqual([restored])
  expect(await it.archives.list()).toEqual([again])
  expect((await Array.fromAsync(it.blobs.list())).map(({ key }) => key).toSorted()).toEqual([
    again!.manifest,
    again!.key,
  ])
  expect(await it.all()).toEqual(before)
})

test('an archived stream goes on at its revision, and knows a repetition', async () => {
  await using it = await world()
  await it.archives.archive(['order-b'])
  const more = eventOf({ n: 9 })
  await expect(it.log.append('order-b', 'none', [eventOf({})])).rejects.toThrow('revision 0')
  const added = await it.log.append('order-b', 0, [more])
  expect(added).toMatchObject({ revision: 1, position: 7n })
  expect(await it.log.append('order-b', 0, [more])).toEqual({ ...added, before: true })
  expect((await it.log.read('order-b')).map(({ data }) => data)).toEqual([
    { deep: [{ z: null, a: 1e21 }] },
    { n: 9 },
  ])
  expect(await it.log.streams({ category: 'order' })).toHaveLength(2)
})

test('the manifest names the streams with their revisions and positions', async () => {
  await using it = await world()
  const archive = await it.archives.archive(['order-a', 'order-b'])
  const manifest = JSON.parse(
    (await buffer((await it.blobs.read(archive!.manifest))!)).toString(),
  ) as object
  expect(manifest).toMatchObject({
    format: 'agora-archive-1',
    key: archive!.key,
    sha256: archive!.sha256,
    events: 4,
    streams: [
      { stream: 'order-a', events: 3, revisions: [0, 2], positions: ['1', '4'] },
      { stream: 'order-b', events: 1, revisions: [0, 0], positions: ['5', '5'] },
    ],
  })
  const lines = gunzipSync(await buffer((await it.blobs.read(archive!.key))!))
    .toString()
    .trim()
    .split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { position: '1', stream: 'order-a', revision: 0, type: 'Counted', metadata: someMetadata },
    { position: '3', data: { n: 2 }, original },
    { position: '4', original: null },
    { position: '5' },
  ])
})

const without = (database: Database, changed: Partial<Database>): Database => ({
  ...database,
  ...changed,
})

describe('nothing is taken out of the log', () => {
  const tried = async (
    it: Awaited<ReturnType<typeof world>>,
    changed: { readonly blobs?: Partial<Blobs>; readonly database?: Partial<Database> },
  ): Promise<unknown> => {
    const before = await it.rows()
    const archives = postgresArchives(without(it.database, changed.database ?? {}), {
      ...it.blobs,
      ...changed.blobs,
    })
    const error = await archives.archive(['order-a']).catch((failure: unknown) => failure)
    const differing = (await it.rows()).filter(
      ({ data, archive }, index) => archive !== null || data !== before[index]!.data,
    )
    expect(differing.filter(({ data }) => data === '{}')).toEqual([])
    expect(await it.archives.list()).toEqual([])
    return error
  }

  test('where the blob store is full', async () => {
    await using it = await world()
    const stage = async () => Promise.reject(new OutOfSpace('full'))
    expect(await tried(it, { blobs: { stage } })).toBeInstanceOf(OutOfSpace)
  })

  test('where the blob store has lost the archive or the manifest, or returns other bytes', async () => {
    await using it = await world()
    const lost =
      (part: string): Blobs['read'] =>
      async (key) =>
        key.endsWith(part) ? undefined : it.blobs.read(key)
    for (const part of ['.ndjson.gz', '.manifest.json'])
      expect(await tried(it, { blobs: { read: lost(part) } })).toBeInstanceOf(ArchiveDamaged)
    const read: Blobs['read'] = (key) => it.blobs.read(key, { start: 0, end: 20 })
    expect(await tried(it, { blobs: { read } })).toBeInstanceOf(ArchiveDamaged)
  })

  test('where the process ends before the transaction, or within it', async () => {
    await using it = await world()
    const ended = new Error('killed')
    const before: Database['transaction'] = () => Promise.reject(ended)
    expect(await tried(it, { database: { transaction: before } })).toBe(ended)
    const within: Database['transaction'] = (work) =>
      it.database.transaction(async (session) => {
        await work(session)
        throw ended
      })
    expect(await tried(it, { database: { transaction: within } })).toBe(ended)
    // What these attempts left in the blob store hinders no later one.
    expect(await it.archives.archive(['order-a'])).toMatchObject({ events: 3 })
  })

  test('where somebody changes a row meanwhile', async () => {
    await using it = await world()
    const transaction: Database['transaction'] = async (work) => {
      await it.database.query(`UPDATE agora.events SET data = '{"n": 0}' WHERE position = 3`)
      return it.database.transaction(work)
    }
    expect(await tried(it, { database: { transaction } })).toBeInstanceOf(ArchiveDamaged)
  })
})

test('a damaged archive is an error, not an empty event', async () => {
  await using it = await world()
  const archive = await it.archives.archive(['order-a'])
  {
    await using staged = await it.blobs.stage(
      (async function* () {
        yield Buffer.from('nonsense')
      })(),
    )
    await staged.commit(archive!.key)
  }
  await expect(it.log.read('order-a')).rejects.toThrow('is not the one that was written')
  await expect(it.archives.restore(archive!.number)).rejects.toThrow(ArchiveDamaged)
  await it.blobs.remove(archive!.key)
  await expect(it.log.readAll({ after: 0n })).rejects.toThrow('is not in the blob store')
  const plain = await postgresEventLog(it.database)
  await expect(plain.read('order-a')).rejects.toThrow('whose store is not open')
  await plain.close()
})

test('the erasure of a person reaches archived events', async () => {
  await using it = await world()
  const declared = catalogue([
    {
      name: 'customer',
      id: Id('UserId'),
      events: { Joined: Fields({ name: personal(Type.String()), plan: Type.String() }) },
    },
  ])
  const keys = memoryPersonalKeys()
  const log = validatingLog(encryptingLog(it.log, { catalogue: declared, keys }), declared)
  const person = randomUUID()
  const joined = { name: 'Zephyrine', plan: 'gold' }
  await log.append(`customer-${person}`, 'none', [eventOf(joined, { type: 'Joined' })])
  const archive = await it.archives.archive([`customer-${person}`])
  expect((await log.read(`customer-${person}`))[0]?.data).toEqual(joined)
  const bytes = await buffer((await it.blobs.read(archive!.key))!)
  expect(gunzipSync(bytes).toString()).not.toContain('Zephyrine')
  await keys.destroy(person)
  expect((await log.read(`customer-${person}`))[0]?.data).toMatchObject({ plan: 'gold' })
  expect(JSON.stringify((await log.read(`customer-${person}`))[0]?.data)).not.toContain('Zephyrine')
})
