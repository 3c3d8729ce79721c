import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { until } from '../../../../test/support/until.ts'
import { openDatabase } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import { appendTogetherConformance } from './conformance-together.ts'
import { eventLogConformance } from './conformance.ts'
import { postgresEventLog } from './postgres.ts'
import { countedCommits } from './testing/counted-commits.ts'

const make = async () => {
  const { url, ...fresh } = await freshDatabase()
  return {
    open: async () => {
      const database = openDatabase(url, { connections: 4 })
      const log = await postgresEventLog(database)
      return { ...log, close: () => log.close().then(database.close) }
    },
    close: async () => fresh[Symbol.asyncDispose](),
  }
}
eventLogConformance('PostgreSQL', make)
appendTogetherConformance('PostgreSQL', make)

const event = (n: number) => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: { n },
  metadata: someMetadata,
})

const killOthers =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'

test('writers and followers recover from the loss of every connection, without lost or duplicate events', async () => {
  await using fresh = await freshDatabase()
  const database = openDatabase(fresh.url, { connections: 4 })
  const log = await postgresEventLog(database)
  const stop = new AbortController()
  const seen: bigint[] = []
  const failures: unknown[] = []
  const following = (async () => {
    const options = { signal: stop.signal, onError: (error: unknown) => failures.push(error) }
    for await (const { events } of log.subscribe(0n, options))
      seen.push(...events.map(({ position }) => position))
  })()

  let uncertain = 0
  /** Appends with retries: after an outage the same append is repeated, which finds out whether it was recorded. */
  const insist = async (n: number): Promise<void> => {
    const events = [event(n)]
    for (;;) {
      try {
        await log.append(`thing-${n}`, 'none', events)
        return
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error
        uncertain += 1
      }
    }
  }
  const total = 2_000
  const writing = Promise.all(
    Array.from({ length: 20 }, async (_, lane) => {
      for (let n = lane; n < total; n += 20) await insist(n)
    }),
  )
  for (let kills = 0; kills < 5; kills++) {
    const before = await fresh.database.query<{ position: bigint }>(
      'SELECT position FROM agora.head',
    )
    await fresh.database.query(killOthers)
    await expect
      .poll(async () => log.head().catch(() => 0n))
      .toBeGreaterThanOrEqual(before[0]!.position)
  }
  await writing
  await expect.poll(() => seen.length).toBe(total)
  expect.assert(uncertain > 0, 'some append was interrupted')
  expect(new Set(seen).size).toBe(total)
  stop.abort()
  await following
  await log.close()
  await database.close()
})

test('an impossible read returns nothing, and does not fail concurrent reads', async () => {
  await using fresh = await freshDatabase()
  const log = await postgresEventLog(fresh.database)
  await log.append('thing-1', 'none', [event(1)])
  const [, ...others] = await Promise.all([
    log.read('thing-1'),
    log.read('thing-1'),
    log.read('thing-1'),
    log.read('thing-\u0000'),
    log.read('thing-1', { from: 3_000_000_000 }),
    log.read('thing-1', { from: 3_000_000_000, direction: 'backwards' }),
    log.read('thing-\u0000', { direction: 'backwards' }),
  ])
  expect(others.map((events) => events.length)).toStrictEqual([1, 1, 0, 0, 1, 0])
  await log.close()
})

test('followers get events of this process from memory', async () => {
  await using fresh = await freshDatabase()
  const { database } = fresh
  let reads = 0
  const log = await postgresEventLog({
    ...database,
    query: (statement) => {
      if (typeof statement !== 'string' && statement.name?.startsWith('read-all')) reads += 1
      return database.query(statement)
    },
  })
  const stop = new AbortController()
  let at = -1n
  const following = (async () => {
    for await (const { position } of log.subscribe(0n, { signal: stop.signal })) at = position
  })()
  await until(
    () => at,
    (position) => position === 0n,
  )
  const before = reads
  for (let n = 0; n < 30; n++) {
    const { position } = await log.append(`thing-${n}`, 'none', [event(n)])
    await until(
      () => at,
      (seen) => seen === position,
    )
  }
  stop.abort()
  await following
  // The follower polls every two seconds in any case.
  expect.assert(reads - before < 10, `${reads - before} reads`)
  await log.close()
})

test('10,000 concurrent appends to one stream share commits, and refused ones do not fail the others', async () => {
  await using fresh = await freshDatabase()
  let commits = 0
  const log = await postgresEventLog(countedCommits(fresh.database, () => (commits += 1)))
  const total = 10_000
  const answers = await Promise.allSettled(
    Array.from({ length: total }, (_, n) =>
      // Every hundredth is refused; later ones follow the last accepted append.
      log.append('thing-1', n === 0 ? 'none' : n % 100 === 50 ? 99_999 : 'any', [event(n)]),
    ),
  )
  expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(total / 100)
  const revisions = answers.flatMap((answer) =>
    answer.status === 'fulfilled' ? [answer.value.revision] : [],
  )
  expect(revisions).toEqual(revisions.map((_, n) => n))
  expect((await log.read('thing-1', { direction: 'backwards', limit: 1 }))[0]?.data).toEqual({
    n: total - 1,
  })
  // At most 128 events share a commit.
  expect(commits).toBeLessThanOrEqual(Math.ceil(total / 128) + 1)
  await log.close()
})

test('an append that the database cannot store does not fail other appends to its stream', async () => {
  await using fresh = await freshDatabase()
  const log = await postgresEventLog(fresh.database)
  const bad = { ...event(1), eventId: 'no UUID' }
  const answers = await Promise.allSettled([
    log.append('thing-1', 'none', [event(0)]),
    log.append('thing-1', 0, [bad]),
    log.append('thing-1', 0, [event(2)]),
    log.append('thing-1', 1, [event(3)]),
  ])
  expect(answers.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect((await log.read('thing-1')).map(({ data }) => data)).toEqual([
    { n: 0 },
    { n: 2 },
    { n: 3 },
  ])
  await log.close()
})

test('a batch with a refused group and a refused append is one statement', async () => {
  await using fresh = await freshDatabase()
  let commits = 0
  const log = await postgresEventLog(countedCommits(fresh.database, () => (commits += 1)))
  const [first, group, refused, last] = await Promise.allSettled([
    log.append('thing-1', 'none', [event(0)]),
    log.appendTogether!([
      { stream: 'thing-2', expected: 'none', events: [event(1)] },
      { stream: 'thing-1', expected: 'none', events: [event(2)] },
    ]),
    log.append('thing-3', 5, [event(3)]),
    log.append('thing-1', 0, [event(4)]),
  ])
  expect([first.status, group.status, refused.status, last.status]).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(commits).toBe(1)
  expect((await log.readAll()).events.map(({ data }) => data)).toEqual([{ n: 0 }, { n: 4 }])
  await log.close()
})

test('after an append of unknown outcome, later ones of its line are not recorded when a batch is retried one by one', async () => {
  await using fresh = await freshDatabase()
  let sent = 0
  const log = await postgresEventLog({
    ...fresh.database,
    query: (statement) => {
      const isAppend = typeof statement === 'object' && statement.name === 'append'
      if (isAppend) sent += 1
      if (isAppend && sent === 1) throw new Error('PostgreSQL refuses the batch')
      if (isAppend && sent === 3) throw new Unavailable('PostgreSQL cannot be reached')
      return fresh.database.query(statement)
    },
  })
  const appends = Array.from({ length: 4 }, (_, n) => ({
    stream: `thing-${n}`,
    expected: 'none' as const,
    events: [event(n)],
  }))
  await expect(log.appendInOrder(appends)).rejects.toThrow(Unavailable)
  expect((await log.readAll()).events.map(({ stream }) => stream)).toEqual(['thing-0'])
  await log.appendInOrder(appends)
  const { events } = await log.readAll()
  expect(events.map(({ stream }) => stream)).toEqual(appends.map(({ stream }) => stream))
  await log.close()
})

test('after an append of unknown outcome, later ones of its line are not recorded', async () => {
  await using fresh = await freshDatabase()
  let sent = 0
  const log = await postgresEventLog({
    ...fresh.database,
    query: (statement) => {
      const isAppend = typeof statement === 'object' && statement.name === 'append'
      if (isAppend && ++sent === 2) throw new Unavailable('PostgreSQL cannot be reached')
      return fresh.database.query(statement)
    },
  })
  const appends = Array.from({ length: 400 }, (_, n) => ({
    stream: `thing-${n}`,
    expected: 'none' as const,
    events: [event(n)],
  }))
  await expect(log.appendInOrder(appends)).rejects.toThrow(Unavailable)
  expect(await log.head()).toBe(128n)
  expect(await log.appendInOrder(appends)).toHaveLength(400)
  const { events } = await log.readAll()
  expect(events.map(({ stream }) => stream)).toEqual(appends.map(({ stream }) => stream))
  // 128 events share a commit; the first of the second try had been recorded.
  expect(sent).toBe(2 + 4)
  await log.close()
})
