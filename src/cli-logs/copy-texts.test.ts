import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../test/support/postgres.ts'
import { copyLog } from '../edges/cli/copy.ts'
import { type CopyOptions } from '../edges/cli/copy-options.ts'
import type { WholeLog } from '../edges/cli/whole-log.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { openWholeLog } from './open-whole-log.ts'

const events = 4_500

const filled = async (count = events) => {
  const own = await freshDatabase()
  onTestFinished(() => own[Symbol.asyncDispose]())
  const log = await postgresEventLog(own.database)
  for (let n = 0; n < count; n += 500)
    await log.append(
      `thing-${n % 7}`,
      'any',
      Array.from({ length: Math.min(500, count - n) }, (_, nth) => ({
        eventId: randomUUID(),
        type: 'Counted',
        data: { n: n + nth, text: `one\ntwo "${n}"`, deep: { zz: 1, a: [null, 1.5] } },
        metadata: { ...someMetadata, actorId: randomUUID() },
        ...(nth % 100 === 0 && {
          original: { contentType: 'text/plain', data: 'AAEC', metadata: '' },
        }),
      })),
    )
  await log.close()
  return own
}

const opened = async (url: string, writes: boolean) => {
  const log = await openWholeLog(url, { writes })
  onTestFinished(() => log[Symbol.asyncDispose]())
  return log
}

const copy = (from: WholeLog, to: WholeLog, more: Partial<CopyOptions> = {}) =>
  copyLog({
    from,
    to,
    verifyOnly: false,
    show: () => undefined,
    signal: new AbortController().signal,
    ...more,
  })

/** The log without texts, like one of another engine. */
const parsed = ({ label, log, recordInOrder, batchSize }: WholeLog): WholeLog => ({
  label,
  log,
  recordInOrder,
  batchSize,
})

const everything = async ({ log }: WholeLog) => (await log.readAll({ limit: 2 * events })).events

test('a copy between logs in PostgreSQL transfers text, and has the same hash as between any logs', async () => {
  const from = await opened((await filled()).url, false)
  const to = await opened((await filled(0)).url, true)
  let pagesParsed = 0
  const readAll: EventLog['readAll'] = async (range) => {
    pagesParsed += 1
    return to.log.readAll(range)
  }
  const copied = await copy(from, { ...to, log: { ...to.log, readAll } })
  expect(copied).toMatchObject({ events, copied: events, later: 0 })
  expect(pagesParsed).toBe(0)
  expect(await everything(to)).toEqual(await everything(from))

  const other = await opened((await filled(0)).url, true)
  const { sha256 } = await copy(parsed(from), parsed(other))
  expect(copied.sha256).toBe(sha256)
  expect((await copy(from, to, { verifyOnly: true })).sha256).toBe(sha256)
})

test('a copy that was interrupted resumes there', async () => {
  const from = await opened((await filled()).url, false)
  const to = await opened((await filled(0)).url, true)
  const { texts } = to
  let left = 1
  const dying = {
    ...texts!,
    record: async (...given: Parameters<NonNullable<typeof texts>['record']>) => {
      if (left-- === 0) throw new Error('kill -9')
      return texts!.record(...given)
    },
  }
  await expect(copy(from, { ...to, texts: dying })).rejects.toThrow('kill -9')
  const before = (await everything(to)).length
  expect(before).toBeGreaterThan(0)
  expect(await copy(from, to)).toMatchObject({ events, copied: events - before })
  expect(await everything(to)).toEqual(await everything(from))
})

test('an error names an event that reads back differently', async () => {
  const from = await opened((await filled()).url, false)
  const own = await filled(0)
  const to = await opened(own.url, true)
  const texts = {
    ...to.texts!,
    record: async (...given: Parameters<NonNullable<typeof to.texts>['record']>) => {
      const position = await to.texts!.record(...given)
      await own.database.query(`UPDATE agora.events SET data = '{"n": 0}' WHERE position = 1042`)
      return position
    },
  }
  await expect(copy(from, { ...to, texts })).rejects.toThrow(
    /^The logs differ, as read back after copying\. .* position 1042 .* different fields: data\. Does/,
  )
})
