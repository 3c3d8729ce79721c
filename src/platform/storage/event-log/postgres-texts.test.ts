import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import type { NewEvent } from './port.ts'
import { copyInto } from './postgres-in-order.ts'
import { readTexts } from './postgres-texts.ts'
import { areSameTexts, eventsOfTexts, type TextPage } from './text-page.ts'
import { postgresEventLog } from './postgres.ts'

let source: TestDatabase
let target: TestDatabase
beforeEach(async () => void ([source, target] = [await freshDatabase(), await freshDatabase()]))
afterEach(async () => {
  await source[Symbol.asyncDispose]()
  await target[Symbol.asyncDispose]()
})

const eventOf = (data: unknown, more: Partial<NewEvent> = {}): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data,
  metadata: someMetadata,
  ...more,
})

const all = { after: 0n, last: 1_000_000n, most: 1_000 }

const original = { contentType: 'text/plain', data: 'AAEC', metadata: '' }

/** Values that contain line ends, or that JSON writers format differently. */
const odd: readonly NewEvent[] = [
  eventOf({ text: 'one\ntwo\r\n\\n"three", 💐\u2028' }),
  eventOf(null),
  eventOf([1.5, 1e21, -0.1, 2 ** 53, 'x', { b: 1, a: { z: [], y: {} } }]),
  eventOf('a text'),
  eventOf({}, { type: 'A type\nof two lines, "quoted"', at: '2020-02-29T23:59:59.999Z' }),
  eventOf({}, { original }),
]

const fill = async (events: readonly NewEvent[], stream = 'thing-1') => {
  const log = await postgresEventLog(source.database)
  await log.append(stream, 'any', events)
  await log.append('thing-a\nb', 'any', [eventOf({})])
  const { events: recorded } = await log.readAll()
  await log.close()
  return recorded
}

const pageOf = async ({ database }: TestDatabase, span = all): Promise<TextPage> =>
  (await readTexts(database, span))!

test('a page contains the same events as a read of the log', async () => {
  const recorded = await fill(odd)
  expect(eventsOfTexts(await pageOf(source))).toEqual(recorded)
  expect(await readTexts(source.database, { ...all, after: 7n })).toBeUndefined()
  expect(
    (await pageOf(source, { after: 1n, last: 4n, most: 2 })).heads.map(({ position }) => position),
  ).toEqual([2n, 3n])
  expect((await pageOf(source, { after: 1n, last: 2n, most: 9 })).heads).toHaveLength(1)
})

test('a copied page has the same texts as the original', async () => {
  const recorded = await fill(odd)
  const page = await pageOf(source)
  expect(await copyInto(target.database).recordTexts(page, 0n)).toBe(7n)
  expect(areSameTexts(page, await pageOf(target))).toBe(true)
  const log = await postgresEventLog(target.database)
  expect((await log.readAll()).events).toEqual(recorded)
  await log.close()
})

test('numbers keep digits beyond the precision of JavaScript', async () => {
  await fill([eventOf({})])
  await source.database.query(
    `UPDATE agora.events SET data = '{"n": 12345678901234567890.50}' WHERE position = 1`,
  )
  await copyInto(target.database).recordTexts(await pageOf(source), 0n)
  const [row] = await target.database.query<{ data: string }>(
    'SELECT data::text AS data FROM agora.events WHERE position = 1',
  )
  expect(row).toEqual({ data: '{"n": 12345678901234567890.50}' })
})

test.each([
  ['data', `data = '{"n": 1}'`],
  ['metadata', `metadata = metadata || '{"actorId": "x"}'`],
  ['original', `original = NULL`],
  ['at', `at = at + interval '1 microsecond'`],
  ['type', `type = 'Other'`],
  ['event_id', `event_id = gen_random_uuid()`],
  ['stream', `stream = 'thing-2'`],
  ['revision', `revision = 99`],
])('pages whose %s differ are not equal', async (_, change) => {
  await fill(odd)
  const page = await pageOf(source)
  await source.database.query(`UPDATE agora.events SET ${change} WHERE position = 6`)
  expect(areSameTexts(page, await pageOf(source))).toBe(false)
})

test('a page has at most 16 MiB, or a single larger event', async () => {
  const large = () => eventOf({ text: 'x'.repeat(1024 * 1024 - 100) })
  for (let n = 0; n < 5; n += 1) await fill(Array.from({ length: 4 }, large))
  const sizes: number[] = []
  for (let after = 0n, page; (page = await readTexts(source.database, { ...all, after }));) {
    sizes.push(page.heads.length)
    after = page.heads.at(-1)!.position
  }
  expect(sizes).toEqual([19, 6])
})
