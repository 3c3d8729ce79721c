import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { until } from '../../../../test/support/until.ts'
import { postgresEventLog } from './postgres.ts'
import { event, followed, insist, open, serve } from './testing/eventstoredb.ts'
import { spoiltWire } from './testing/wire.ts'

test('restarts and cut connections under load neither lose nor duplicate events', async () => {
  await using fresh = await freshDatabase()
  const stored = await postgresEventLog(fresh.database)
  let server = await serve(stored)
  const { port } = server
  await using wire = await spoiltWire(port)
  const log = await open(wire.port, { timeout: 1_000, appendTimeoutMs: 3_000 })
  const { seen, stop } = followed(log)

  const total = 240
  const sent: string[] = []
  const revisions: { readonly expected: number; readonly answered: number }[] = []
  let done = 0
  const writing = Promise.all(
    Array.from({ length: 12 }, async (_, lane) => {
      let revision = -1
      const placeless = `anywhere-${lane}`
      for (let n = lane; n < total; n += 12) {
        const events = Array.from({ length: 1 + (n % 3) }, () => event(n))
        sent.push(...events.map(({ eventId }) => eventId))
        if (n % 5 === 0) await insist(log, placeless, 'any', events)
        else {
          const expected = revision < 0 ? 'none' : revision
          const appended = await insist(log, `thing-${lane}`, expected, events)
          revision += events.length
          revisions.push({ expected: revision, answered: appended.revision })
        }
        done += 1
      }
    }),
  )
  wire.cutAfter(() => randomInt(1_000, 60_000))
  wire.cut()
  for (const share of [0.1, 0.3, 0.5, 0.7]) {
    await until(
      () => done,
      (count) => count > share * total,
    )
    await server.close()
    server = await serve(stored, port)
  }
  wire.cutAfter(undefined)
  await writing
  for (const { expected, answered } of revisions) expect(answered).toBe(expected)
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(sent.length)

  const there = (await stored.readAll({ limit: 10_000 })).events.map(({ eventId }) => eventId)
  expect(there.toSorted()).toStrictEqual(sent.toSorted())
  expect(seen.map(({ eventId }) => eventId)).toStrictEqual(there)
  expect.assert(log.health().resubscriptions > 3)
  await stop()
  await log.close()
  await server.close()
  await stored.close()
})
