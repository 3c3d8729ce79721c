import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { until } from '../../../../test/support/until.ts'
import { NewerVersion } from '../../newer-version.ts'
import { bullmqQueue } from '../../messaging/queue/bullmq.ts'
import { inQueueTables } from './queue-tables.ts'

const person = randomUUID()
const ada = { person, addresses: ['ada@example.org'], texts: ['Lovelace'] }
const request = (userId: string, text: string) => ({ data: { userId, text }, causationId: 'c' })

test('the data of a person is removed from the tables of BullMQ; mails to others stay', async () => {
  await using fresh = await freshDatabase()
  await using all = new AsyncDisposableStack()
  const queue = all.adopt(await bullmqQueue(fresh.url), (it) => it.close())
  const later = Date.now() + 3_600_000
  await queue.add('mails', [
    { id: 'done', data: [request(person, 'done'), request('other', 'done \0')] },
    { id: 'failing', data: [request(person, 'failing')] },
    { id: 'later', data: [request(person, 'later'), request('other', 'later')], runAt: later },
  ])
  const worker = await queue.work(
    'mails',
    async ({ id }) => {
      if (id === 'failing') throw new Error('450 <Ada@Example.org> is busy')
    },
    { attempts: 1 },
  )
  await until(
    () => queue.counts('mails'),
    ({ parked, active, waiting }) => parked === 1 && active + waiting === 0,
  )
  await worker.stop()
  await queue.add('mails', [{ id: 'waiting', data: [request(person, 'Lovelace')] }])
  const everything = async () => {
    const rows = await fresh.database.query<{ row: string }>(
      'SELECT t::text AS row FROM bullmq.job t UNION ALL SELECT t::text FROM bullmq.event t',
    )
    return rows.map(({ row }) => row.toLowerCase()).join('\n')
  }
  expect(await everything()).toContain('ada@example.org')

  const forget = async () =>
    (await inQueueTables(fresh.database, ada)).map(({ place, removed }) => [place, removed])
  expect(await forget()).toEqual([
    ['jobs of BullMQ', 4],
    ['failures in BullMQ', 1],
    ['events of BullMQ', 1],
  ])
  for (const trace of ['ada@example.org', 'lovelace', person])
    expect(await everything()).not.toContain(trace)
  expect((await forget()).map(([, removed]) => removed)).toEqual([0, 0, 0])

  expect(await queue.parked()).toMatchObject([{ id: 'failing', data: [], error: '(forgotten)' }])
  const run: unknown[] = []
  await queue.work('mails', async ({ id, data }) => void run.push([id, data]))
  await until(
    () => run,
    ({ length }) => length === 1,
  )
  expect(run).toEqual([['waiting', []]])
  const rows = await fresh.database.query<{ json: string }>(
    `SELECT data ->> 'json' AS json FROM bullmq.job WHERE id = 'jlater' OR id = 'jdone' ORDER BY id`,
  )
  expect(rows.map(({ json }) => JSON.parse(json))).toEqual([
    [request('other', 'done \0')],
    [request('other', 'later')],
  ])
})

test('a job that was returned to the queue keeps its number of attempts', async () => {
  await using fresh = await freshDatabase()
  await using all = new AsyncDisposableStack()
  const queue = all.adopt(await bullmqQueue(fresh.url), (it) => it.close())
  const tries: [attempt: number, data: unknown][] = []
  await queue.add('bundles', [{ id: 'bundle', data: [request(person, ''), request('other', '')] }])
  const older = await queue.work('bundles', async ({ attempt, data }) => {
    tries.push([attempt, data])
    throw new NewerVersion({ type: 'Wrapped', stream: 'parcel-a' }, 'Wrapped is not known')
  })
  await until(
    () => queue.counts('bundles'),
    ({ delayed }) => delayed === 1,
  )
  await older.stop()
  await inQueueTables(fresh.database, ada)
  await queue.work('bundles', async ({ attempt, data }) => void tries.push([attempt, data]))
  await expect.poll(() => tries).toHaveLength(2)
  expect(tries[1]).toEqual([1, [request('other', '')]])
})

test('without tables of BullMQ, no place is reported', async () => {
  await using fresh = await freshDatabase()
  expect(await inQueueTables(fresh.database, ada)).toEqual([])
})
