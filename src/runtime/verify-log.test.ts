import { describe, expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../test/support/postgres.ts'
import type { NewEvent } from '../platform/storage/event-log/port.ts'
import { open, serve } from '../platform/storage/event-log/testing/eventstoredb.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { postgresArchives } from '../platform/storage/archives/postgres.ts'
import { memoryBlobs } from '../platform/storage/blobs/memory.ts'
import { textsInEventStore, textsInPostgres } from '../platform/storage/log-digests/event-texts.ts'
import { memoryLogDigests } from '../platform/storage/log-digests/memory.ts'
import { postgresLogDigests } from '../platform/storage/log-digests/postgres.ts'
import { checksSignatures, digestSigner } from '../platform/storage/log-digests/signed-digest.ts'
import { extendToHead } from './extend-log-digests.ts'
import { verifyLog } from './verify-log.ts'

const events = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    eventId: crypto.randomUUID(),
    type: 'Counted',
    data: { index, text: 'é\nx' },
    metadata: someMetadata,
  }))

const signer = digestSigner(Buffer.alloc(32, 1))
const signatureOf = checksSignatures([signer.jwk.x])

/** A log of 12 events in three streams, chained in two slices of 6, followed by 2 that are not chained. */
const chainedLog = async () => {
  const fresh = await freshDatabase()
  const { database } = fresh
  const log = await postgresEventLog(database)
  const archives = postgresArchives(database, memoryBlobs())
  const chaining = {
    texts: textsInPostgres(database, log, archives),
    digests: postgresLogDigests(database, 'postgres'),
    signer,
  }
  await log.append('counter-a', 'none', events(4))
  await log.append('counter-b', 'none', events(2))
  await extendToHead(chaining)
  await log.append('counter-a', 3, events(2))
  await log.append('counter-c', 'none', events(4))
  await extendToHead(chaining)
  await log.append('counter-d', 'none', events(2))
  return {
    ...chaining,
    database,
    log,
    archives,
    verify: (options: Parameters<typeof verifyLog>[1] = {}) =>
      verifyLog(chaining, { signatureOf, ...options }),
    [Symbol.asyncDispose]: async () => {
      await log.close()
      await fresh[Symbol.asyncDispose]()
    },
  }
}

test('a log that nobody changed agrees with its chain', async () => {
  await using chained = await chainedLog()
  const { faults, ...rest } = await chained.verify()
  expect(faults).toEqual([])
  expect(rest).toMatchObject({
    log: 'postgres',
    end: { position: 14n },
    read: 14,
    chained: 12n,
    unchained: 2,
    signatures: { valid: 2, unchecked: 0 },
  })
  // A digest does not depend on the slices.
  await extendToHead(chained)
  expect((await chained.digests.last())?.digest).toBe(rest.end.digest)
})

test('archived events are verified as well', async () => {
  await using chained = await chainedLog()
  const { end } = await chained.verify()
  const archive = await chained.archives.archive(['counter-a', 'counter-c'])
  expect(await chained.verify()).toMatchObject({ end, faults: [] })
  await chained.database.query(
    `UPDATE agora.events SET revision = 9 WHERE position = 2 AND archive IS NOT NULL`,
  )
  expect((await chained.verify()).faults).toMatchObject([
    { kind: 'changed', event: { position: 2n } },
  ])
  await chained.database.query(`UPDATE agora.events SET revision = 1 WHERE position = 2`)
  await chained.archives.restore(archive!.number)
  expect(await chained.verify()).toMatchObject({ end, faults: [] })
})

const slices = { one: { first: 1n, last: 6n }, two: { first: 7n, last: 12n } }

describe('one change of the table is found', () => {
  test.each([
    [
      'a byte of the data',
      `UPDATE agora.events SET data = replace(data::text, 'x', 'y')::jsonb WHERE position = 5`,
      {
        kind: 'changed',
        slice: slices.one,
        event: { position: 5n, stream: 'counter-b', revision: 0 },
      },
    ],
    [
      'a digit that no number of JavaScript has',
      `UPDATE agora.events SET data = replace(data::text, '"index": 1', '"index": 1.00000000000000000001')::jsonb WHERE position = 2`,
      { kind: 'changed', event: { position: 2n, stream: 'counter-a', revision: 1 } },
    ],
    [
      'metadata',
      `UPDATE agora.events SET metadata = metadata || '{"actorId": "v"}' WHERE position = 8`,
      {
        kind: 'changed',
        slice: slices.two,
        event: { position: 8n, stream: 'counter-a', revision: 5 },
      },
    ],
    [
      'a microsecond',
      `UPDATE agora.events SET at = at + interval '1 microsecond' WHERE position = 12`,
      { kind: 'changed', event: { position: 12n, stream: 'counter-c', revision: 3 } },
    ],
    [
      'a type',
      `UPDATE agora.events SET type = 'Counter' WHERE position = 1`,
      { kind: 'changed', event: { position: 1n } },
    ],
    [
      'a stream',
      `UPDATE agora.events SET stream = 'counter-z' WHERE position = 6`,
      { kind: 'changed', event: { position: 6n, stream: 'counter-z', revision: 1 } },
    ],
    [
      'a removed event',
      `DELETE FROM agora.events WHERE position = 9`,
      { kind: 'missing', slice: slices.two, positions: { first: 9n, last: 9n } },
    ],
    [
      'the last event of a slice removed',
      `DELETE FROM agora.events WHERE position = 6`,
      { kind: 'missing', slice: slices.one, positions: { first: 6n, last: 6n } },
    ],
    [
      'a removed event whose place another one has taken',
      `DELETE FROM agora.events WHERE position = 4; UPDATE agora.events SET position = 4 WHERE position = 14; UPDATE agora.head SET position = 13`,
      { kind: 'changed', event: { position: 4n, stream: 'counter-d' } },
    ],
    [
      'an event before the first one',
      `UPDATE agora.events SET position = -3 WHERE position = 14; UPDATE agora.head SET position = 13`,
      { kind: 'unexpected', event: { position: -3n, stream: 'counter-d', revision: 1 } },
    ],
    [
      'a removed event behind the chain',
      `DELETE FROM agora.events WHERE position = 13`,
      { kind: 'missing', positions: { first: 13n, last: 13n } },
    ],
    [
      'a cut end',
      `DELETE FROM agora.events WHERE position > 10; UPDATE agora.head SET position = 10`,
      { kind: 'truncated', end: 10n, expected: 12n },
    ],
    [
      'a cut end that the head does not know',
      `DELETE FROM agora.events WHERE position > 4`,
      { kind: 'truncated', end: 4n, expected: 14n },
    ],
    [
      'a digest',
      `UPDATE agora.log_digests SET digest = sha256('x') WHERE position = 6`,
      { kind: 'entry', position: 6n },
    ],
    [
      'a fingerprint',
      `UPDATE agora.log_digests SET fingerprints = set_byte(fingerprints, 5, (get_byte(fingerprints, 5) + 1) % 256) WHERE position = 6`,
      { kind: 'entry', position: 6n },
    ],
    [
      'a signature',
      `UPDATE agora.log_digests SET signature = (SELECT signature FROM agora.log_digests WHERE position = 6) WHERE position = 12`,
      { kind: 'entry', position: 12n },
    ],
    [
      'a removed entry',
      `DELETE FROM agora.log_digests WHERE position = 6`,
      { kind: 'entry', position: 12n },
    ],
  ] as const)('%s', async (_, sql, fault) => {
    await using chained = await chainedLog()
    await chained.database.query(sql)
    const { faults } = await chained.verify()
    expect(faults).toMatchObject([fault])
  })
})

test('all changed slices are found, not only the first', async () => {
  await using chained = await chainedLog()
  await chained.database.query(
    `UPDATE agora.events SET type = 'Other' WHERE position IN (2, 3, 10)`,
  )
  await chained.database.query('DELETE FROM agora.events WHERE position IN (5, 12, 13)')
  const { faults } = await chained.verify()
  expect(faults).toMatchObject([
    { kind: 'changed', event: { position: 2n } },
    { kind: 'missing', positions: { first: 5n, last: 5n } },
    { kind: 'changed', event: { position: 10n } },
    { kind: 'missing', positions: { first: 12n, last: 12n } },
    { kind: 'missing', positions: { first: 13n, last: 13n } },
  ])
})

test('a chain that was computed anew after a change has another key, and other digests than those published', async () => {
  await using chained = await chainedLog()
  const published = await chained.digests.last()
  await chained.database.query(`UPDATE agora.events SET type = 'Other' WHERE position = 3`)
  await chained.database.query('DELETE FROM agora.log_digests')
  await extendToHead({ ...chained, signer: digestSigner(Buffer.alloc(32, 2)) })
  expect((await chained.verify()).faults).toMatchObject([{ kind: 'entry', position: 14n }])
  const known = [{ position: published!.position, digest: published!.digest }]
  // Without the secret no signature is checked.
  const { faults, signatures } = await chained.verify({ signatureOf: undefined, known })
  expect(signatures).toEqual({ valid: 0, unchecked: 1 })
  expect(faults).toMatchObject([{ kind: 'known', position: 12n, digest: published!.digest }])
})

test('a log and its chain that were both cut are found by a digest that was published', async () => {
  await using chained = await chainedLog()
  const published = await chained.digests.last()
  await chained.database.query(`DELETE FROM agora.events WHERE position > 6`)
  await chained.database.query(`UPDATE agora.head SET position = 6`)
  await chained.database.query(`DELETE FROM agora.log_digests WHERE position > 6`)
  expect((await chained.verify()).faults).toEqual([])
  const known = [{ position: published!.position, digest: published!.digest }]
  expect((await chained.verify({ known })).faults).toMatchObject([
    { kind: 'known', position: 12n, found: undefined },
  ])
})

test('a verification may begin at a digest that is trusted, also within a slice', async () => {
  await using chained = await chainedLog()
  const [, second] = await chained.digests.after(undefined, 2)
  const { end } = await verifyLog(
    { texts: { ...chained.texts, head: async () => 9n }, digests: memoryLogDigests() },
    {},
  )
  expect(end.position).toBe(9n)
  const whole = await chained.verify({ from: end, known: [second!, end] })
  expect(whole).toMatchObject({ read: 5, faults: [] })
  await chained.database.query(`UPDATE agora.events SET type = 'Other' WHERE position IN (3, 11)`)
  expect((await chained.verify({ from: end })).faults).toMatchObject([
    { kind: 'changed', event: { position: 11n } },
  ])
})

test('a log whose positions have gaps is verified as well', async () => {
  const log = memoryEventLog()
  const digests = memoryLogDigests()
  await log.append('counter-a', 'none', events(4))
  const texts = textsInEventStore({
    head: async () => 40n,
    readAll: async ({ after = 0n, ...range } = {}) => {
      const slice = await log.readAll({ ...range, after: after < 0n ? 0n : after / 10n })
      return {
        ...slice,
        position: slice.position * 10n,
        events: slice.events.map((event) => ({ ...event, position: event.position * 10n })),
      }
    },
  })
  await extendToHead({ texts, digests, signer })
  expect(await verifyLog({ texts, digests }, { signatureOf })).toMatchObject({
    read: 4,
    chained: 40n,
    faults: [],
  })
  const without: typeof texts.page = async (range) => {
    const page = await texts.page(range)
    return page && { ...page, data: page.data.replace('"index":2', '"index":3') }
  }
  expect((await verifyLog({ texts: { ...texts, page: without }, digests })).faults).toMatchObject([
    { kind: 'changed', event: { position: 30n, stream: 'counter-a', revision: 2 } },
  ])
})

test('a log in EventStoreDB is verified through its adapter', async () => {
  const stored = memoryEventLog()
  await stored.append('counter-a', 'none', events(3))
  await stored.append('counter-b', 'none', events(2))
  let isSpoilt = false
  const server = await serve({
    ...stored,
    readAll: async (range) => {
      const slice = await stored.readAll(range)
      const spoilt = (event: RecordedEvent): RecordedEvent =>
        isSpoilt && event.stream === 'counter-b' && event.revision === 0
          ? { ...event, data: { index: 0, text: 'y' } }
          : event
      return { ...slice, events: slice.events.map(spoilt) }
    },
  })
  const log = await open(server.port)
  const digests = memoryLogDigests()
  const texts = textsInEventStore(log)
  await extendToHead({ texts, digests, signer })
  const verify = () => verifyLog({ texts, digests }, { signatureOf })
  expect(await verify()).toMatchObject({ log: 'eventstoredb', read: 5, faults: [] })
  isSpoilt = true
  expect((await verify()).faults).toMatchObject([
    { kind: 'changed', event: { stream: 'counter-b', revision: 0 } },
  ])
  await log.close()
  await server.close()
})
