import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { Unavailable } from '../../unavailable.ts'
import { memoryBlobs } from '../blobs/memory.ts'
import type { Blobs } from '../blobs/port.ts'
import { postgresEventLog } from '../event-log/postgres.ts'
import { readTexts } from '../event-log/postgres-texts.ts'
import { archiveReader } from './blobs.ts'
import type { ArchiveReader } from './port.ts'
import { postgresArchives } from './postgres.ts'

/** Streams of three events each, which alternate. */
const world = async (streams: number) => {
  const fresh = await freshDatabase()
  const { database } = fresh
  const blobs = memoryBlobs()
  const log = await postgresEventLog(database)
  const names = Array.from({ length: streams }, (_, index) => `many-${index}`)
  for (const expected of ['none', 0, 1] as const)
    await log.appendInOrder(
      names.map((stream) => ({
        stream,
        expected,
        events: [
          {
            eventId: randomUUID(),
            type: 'Counted',
            data: { stream, expected },
            metadata: someMetadata,
          },
        ],
      })),
    )
  const readers = {
    events: async (archives?: ArchiveReader) => {
      const own = await postgresEventLog(database, { ...(archives && { archives }) })
      const { events } = await own.readAll({ after: 0n })
      await own.close()
      return events
    },
    texts: (archives?: ArchiveReader) =>
      readTexts(database, { after: 0n, last: 999n, most: 999 }, archives),
  }
  return {
    database,
    blobs,
    names,
    archives: postgresArchives(database, blobs),
    readers,
    [Symbol.asyncDispose]: async () => {
      await log.close()
      await fresh[Symbol.asyncDispose]()
    },
  }
}

test.each(['events', 'texts'] as const)(
  'a page of %s reads each of its archives once, and the next page none that is in memory',
  async (kind) => {
    await using it = await world(20)
    const page = it.readers[kind]
    const before = await page()
    for (const name of it.names) await it.archives.archive([name])
    const reads: string[] = []
    const read: Blobs['read'] = async (key) => {
      reads.push(key)
      return it.blobs.read(key)
    }
    const usual = archiveReader(it.database, async () => ({ read }))
    // Has room for no two archives.
    const small = archiveReader(it.database, async () => ({ read }), { cached: 1 })
    expect(await page(small)).toEqual(before)
    expect([reads.length, new Set(reads).size]).toEqual([20, 20])
    expect(await page(usual)).toEqual(before)
    expect(await page(usual)).toEqual(before)
    expect(reads).toHaveLength(40)
  },
)

test('whoever has read a row before its archive was restored and removed reads again', async () => {
  await using it = await world(1)
  const archive = await it.archives.archive(it.names)
  const { number } = archive!
  /** A reader that something happens to between the look-up of the archive and its bytes. */
  const readerWhile = (happens: () => Promise<unknown>) =>
    archiveReader(it.database, async () => {
      await happens()
      return it.blobs
    })
  const restored = readerWhile(() => it.archives.restore(number))
  expect((await restored.eventsIn(number)).size).toBe(3)
  const removed = readerWhile(() => it.archives.removeRestored())
  await expect(removed.eventsIn(number)).rejects.toThrow(Unavailable)
  await expect(removed.eventsIn(number)).rejects.toThrow(Unavailable)
  await using other = await world(1)
  const lost = await other.archives.archive(other.names)
  const both = archiveReader(other.database, async () => {
    await other.archives.restore(lost!.number)
    await other.blobs.remove(lost!.key)
    return other.blobs
  })
  await expect(both.eventsIn(lost!.number)).rejects.toThrow(Unavailable)
})
