import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { watchCommits } from '../../../../test/support/commits.ts'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import type { Database, Row, Statement } from '../../engines/postgres/database.ts'
import { postgresQueue } from './postgres.ts'
import { postgresJobStore } from './postgres-store.ts'
import { eventually, numbered, witness } from './testing/fixture.ts'

/** A statement, with its rows once it was answered. */
type Sent = {
  readonly text: string
  readonly values: readonly unknown[]
  rows?: readonly Row[]
}

/** A database that records the statements sent by `query`. */
const counting = (database: Database) => {
  const sent: Sent[] = []
  const query = async <R extends Row>(statement: Statement | string): Promise<R[]> => {
    const { text, values = [] } = typeof statement === 'string' ? { text: statement } : statement
    const one: Sent = { text, values }
    sent.push(one)
    const rows = await database.query<R>(statement)
    one.rows = rows
    return rows
  }
  const containing = (part: string) => sent.filter(({ text }) => text.includes(part))
  const counted: Database = { ...database, query }
  return {
    database: counted,
    sent,
    inserts: () => containing('INSERT INTO agora.jobs'),
    takes: () => containing('SKIP LOCKED'),
    notifies: () => containing('pg_notify'),
  }
}

/** The rows of the jobs that a statement took. */
const taken = ({ rows = [] }: Sent): readonly Row[] => rows.filter(({ id }) => id !== null)

const answered = ({ rows }: Sent): boolean => rows !== undefined

const nothingLeft = { waiting: 0, delayed: 0, active: 0, parked: 0 }

test('a job for an idle worker of the same process costs two statements: added as taken, and recorded as done', async () => {
  await using fresh = await freshDatabase()
  const { database, sent, inserts, takes, notifies } = counting(fresh.database)
  await using opened = new AsyncDisposableStack()
  const queue = opened.adopt(postgresQueue(database), (it) => it.close())
  const others = opened.adopt(postgresQueue(fresh.database), (it) => it.close())
  const { seen, handler } = witness()
  await queue.work('q', handler)
  // A worker offers no places until it has found the queue empty.
  await expect.poll(() => takes().filter(answered).length, eventually).toBeGreaterThan(0)
  sent.length = 0
  await queue.add('q', [{ id: 'handed', data: { a: 1 } }])
  const attempt = { id: 'handed', data: { a: 1 }, attempt: 1 }
  await expect.poll(() => seen, eventually).toEqual([attempt])
  await expect.poll(() => others.counts('q'), eventually).toEqual(nothingLeft)
  expect(inserts()).toHaveLength(1)
  expect(notifies()).toEqual([])
  // A poll may run in between, and record the end along with it.
  expect(takes().flatMap(taken)).toEqual([])
  expect(sent.length - takes().length).toBeLessThanOrEqual(2)
})

test('a job that is added as taken is run once, however often it is added', async () => {
  await using fresh = await freshDatabase()
  const { database, takes } = counting(fresh.database)
  await using opened = new AsyncDisposableStack()
  const queue = opened.adopt(postgresQueue(database), (it) => it.close())
  const { ids, handler } = witness()
  await queue.work('q', handler, { concurrency: 4 })
  await expect.poll(() => takes().filter(answered).length, eventually).toBeGreaterThan(0)
  const jobs = numbered(10)
  await Promise.all([queue.add('q', [...jobs, ...jobs]), queue.add('q', jobs.toReversed())])
  await expect.poll(() => ids().length, eventually).toBe(10)
  await queue.add('q', jobs)
  await expect.poll(() => queue.counts('q'), eventually).toEqual(nothingLeft)
  expect(ids().toSorted()).toEqual(jobs.map(({ id }) => id).toSorted())
})

test('a finished job whose lease has expired is not taken again by the statement that records it', async () => {
  await using fresh = await freshDatabase()
  const holder = randomUUID()
  const store = postgresJobStore(fresh.database, 50)
  await store.insert([{ queue: 'q', id: 'late', json: '1', runAt: null, holder: null }])
  expect((await store.take('q', holder, 1)).attempts).toHaveLength(1)
  const due = 'SELECT id FROM agora.jobs WHERE due_at <= now()'
  await expect.poll(() => fresh.database.query(due), eventually).toEqual([{ id: 'late' }])
  const settled = store.settle('q', holder, [{ id: 'late', outcome: 'done' }])
  expect((await store.take('q', holder, 1)).attempts).toEqual([])
  await settled
  const states = 'SELECT state FROM agora.jobs'
  expect(await fresh.database.query(states)).toEqual([{ state: 'done' }])
})

test('a job that was added as taken by a process that died is run by another', async () => {
  await using fresh = await freshDatabase()
  await using opened = new AsyncDisposableStack()
  const holder = randomUUID()
  const store = postgresJobStore(fresh.database, 500)
  const job = { queue: 'q', id: 'orphan', json: '"kept"', runAt: null, holder }
  expect(await store.insert([job])).toEqual([{ queue: 'q', id: 'orphan' }])
  const queue = opened.adopt(postgresQueue(fresh.database), (it) => it.close())
  const { seen, handler } = witness()
  await queue.work('q', handler)
  await queue.add('q', [{ id: 'orphan', data: 'again' }])
  const attempt = { id: 'orphan', data: 'kept', attempt: 2 }
  await expect.poll(() => seen, eventually).toEqual([attempt])
})

test('lingering jobs are added by the statement that adds the next ones, or when the queue is closed', async () => {
  await using fresh = await freshDatabase()
  const { database, inserts } = counting(fresh.database)
  const queue = postgresQueue(database)
  const long = { linger: 600_000 }
  const inAnHour = Date.now() + 3_600_000
  const waiting = [
    queue.add('timers', [{ id: 'a', data: 1, runAt: inAnHour }], long),
    queue.add('timers', [{ id: 'b', data: 1, runAt: inAnHour }], long),
  ]
  // Makes sure that a statement would have been sent by now.
  await queue.counts('timers')
  expect(inserts()).toEqual([])
  await queue.add('q', [{ id: 'c', data: 1 }])
  await Promise.all(waiting)
  expect(inserts()).toHaveLength(1)
  expect(await queue.counts('timers')).toMatchObject({ delayed: 2 })
  const last = queue.add('timers', [{ id: 'd', data: 1, runAt: inAnHour }], long)
  await queue.close()
  await last
  expect(inserts()).toHaveLength(2)
})

test('a finished job is recorded by the next statement of the queue', async () => {
  await using fresh = await freshDatabase()
  const { database, sent } = counting(fresh.database)
  const store = postgresJobStore(database, 60_000)
  const holder = randomUUID()
  await store.insert([{ queue: 'q', id: 'a', json: '1', runAt: null, holder }])
  sent.length = 0
  const settled = store.settle('q', holder, [{ id: 'a', outcome: 'done' }])
  await store.insert([{ queue: 'q', id: 'b', json: '1', runAt: null, holder: null }])
  await settled
  const [{ attempts }] = await Promise.all([
    store.take('other', randomUUID(), 1),
    store.settle('q', holder, [{ id: 'b', outcome: 'done' }]),
  ])
  expect(attempts).toEqual([])
  expect(sent).toHaveLength(2)
  const rows = await fresh.database.query('SELECT id, state FROM agora.jobs ORDER BY id')
  // Job b has no holder, so this one cannot settle it.
  expect(rows).toEqual([
    { id: 'a', state: 'done' },
    { id: 'b', state: 'open' },
  ])
})

test('recording a finished job by itself commits asynchronously; adding a job commits to disk', async () => {
  await using fresh = await freshDatabase({ waits: true })
  const commits = await watchCommits(fresh.database, 'agora.jobs')
  const store = postgresJobStore(fresh.database, 60_000)
  const holder = randomUUID()
  await store.insert([{ queue: 'q', id: 'a', json: '1', runAt: null, holder }])
  await store.settle('q', holder, [{ id: 'a', outcome: 'done' }])
  expect(await commits()).toEqual(['on', 'off'])
})

test('idle workers poll for the jobs of all queues by one statement', async () => {
  await using fresh = await freshDatabase()
  const { database, sent, takes } = counting(fresh.database)
  await using opened = new AsyncDisposableStack()
  const queue = opened.adopt(postgresQueue(database), (it) => it.close())
  const { handler } = witness()
  const queues = Array.from({ length: 8 }, (_, index) => `q${index}`)
  for (const name of queues) await queue.work(name, handler)
  const polled = () => new Set(takes().flatMap(({ rows = [] }) => rows.map(({ queue: of }) => of)))
  await expect.poll(polled, eventually).toEqual(new Set(queues))
  sent.length = 0
  await expect.poll(() => takes().length, eventually).toBeGreaterThan(1)
  for (const { values } of takes()) expect(values).toContainEqual(expect.arrayContaining(queues))
  expect(sent).toEqual(takes())
})

test('concurrent takes from one queue get different jobs', async () => {
  await using fresh = await freshDatabase()
  const store = postgresJobStore(fresh.database, 60_000)
  const jobs = numbered(6).map(({ id }) => ({
    queue: 'q',
    id,
    json: '1',
    runAt: null,
    holder: null,
  }))
  await store.insert(jobs)
  const taken = await Promise.all([1, 2, 3].map((most) => store.take('q', randomUUID(), most)))
  expect(taken.map(({ attempts }) => attempts.length)).toEqual([1, 2, 3])
  const ids = taken.flatMap(({ attempts }) => attempts.map(({ id }) => id))
  expect(new Set(ids).size).toBe(6)
})
