import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase, type Database } from '../../engines/postgres/database.ts'
import { logListener } from './postgres-log-listener.ts'
import { postgresEventLog } from './postgres.ts'

let own: TestDatabase
let other: Database
beforeEach(async () => {
  own = await freshDatabase()
  other = openDatabase(own.url, { connections: 2 })
})
afterEach(async () => {
  await other.close()
  await own[Symbol.asyncDispose]()
})

const events = () => [{ eventId: randomUUID(), type: 'Counted', data: {}, metadata: someMetadata }]
const registered = async (): Promise<readonly string[]> => {
  const [row] = await own.database.query<{ listeners: string[]; ids: string[] }>(
    `SELECT listeners::text[], ARRAY(SELECT id::text FROM agora.log_listeners) AS ids FROM agora.head`,
  )
  expect(row?.listeners.toSorted()).toEqual(row?.ids.toSorted())
  return row?.listeners ?? []
}
/** Follows a log until it is stopped. */
const follow = (log: Awaited<ReturnType<typeof postgresEventLog>>) => {
  const stop = new AbortController()
  const seen: bigint[] = []
  const following = (async () => {
    for await (const { position } of log.subscribe(0n, { signal: stop.signal })) seen.push(position)
  })()
  return {
    seen,
    stop: () => {
      stop.abort()
      return following
    },
  }
}

test('a log without other followers sends no NOTIFY', async () => {
  const log = await postgresEventLog(own.database)
  const follower = follow(log)
  await expect.poll(registered).toHaveLength(1)
  const notified: string[] = []
  // In the same process, so that it does not count as a process of an earlier version.
  const listening = await own.database.listen('agora_events', (payload) => notified.push(payload))
  for (let n = 0; n < 20; n += 1) await log.append(`thing-${n}`, 'none', events())
  await log.appendInOrder([{ stream: 'thing-0', expected: 'any', events: events() }])
  await own.database.query(`SELECT pg_notify('agora_events', '0')`)
  await expect.poll(() => notified).toContain('0')
  expect(notified).toEqual(['0'])
  await listening.close()
  await follower.stop()
  await log.close()
  expect(await registered()).toEqual([])
})

test('a log with other followers sends at most one NOTIFY for each batch, and always one for the last event', async () => {
  const log = await postgresEventLog(own.database)
  const notified: bigint[] = []
  const listener = logListener(other, {
    id: randomUUID(),
    notified: (position) => position !== undefined && notified.push(position),
  })
  listener.start()
  await expect.poll(registered).toHaveLength(1)
  const total = 200
  for (let n = 0; n < total; n += 1) await log.append(`thing-${n}`, 'none', events())
  await expect.poll(() => notified.at(-1)).toBe(BigInt(total))
  expect(notified.length).toBeLessThanOrEqual(total)
  await listener.close()
  await log.close()
})

test('a listener that registers during an append is called once the append has committed', async () => {
  const notified: (bigint | undefined)[] = []
  const listener = logListener(other, {
    id: randomUUID(),
    notified: (position) => notified.push(position),
  })
  await own.database.transaction(async (session) => {
    // Locks the head as an append does, and reads no listener.
    await session.query('UPDATE agora.head SET position = position')
    listener.start()
    await expect
      .poll(() =>
        own.database.query(`SELECT FROM pg_stat_activity WHERE datname = current_database()
                            AND query LIKE '%register_log_listener%' AND wait_event_type = 'Lock'`),
      )
      .toHaveLength(1)
    expect(notified).toEqual([])
  })
  await expect.poll(() => notified).toEqual([undefined])
  expect(await registered()).toHaveLength(1)
  await listener.close()
})

test('concurrent registrations of listeners all succeed', async () => {
  const listeners = Array.from({ length: 6 }, () =>
    logListener(other, { id: randomUUID(), notified: () => undefined }),
  )
  for (const listener of listeners) listener.start()
  await expect.poll(registered).toHaveLength(6)
  await Promise.all(listeners.map((listener) => listener.close()))
  expect(await registered()).toEqual([])
})

test('a listener whose connections were cut registers again', async () => {
  const notified: (bigint | undefined)[] = []
  const listener = logListener(other, {
    id: randomUUID(),
    notified: (position) => notified.push(position),
  })
  listener.start()
  await expect.poll(registered).toHaveLength(1)
  // As after a crash of PostgreSQL: the table is empty, the head is not.
  await own.database.query('DELETE FROM agora.log_listeners')
  await own.database.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  await expect
    .poll(() => own.database.query('SELECT FROM agora.log_listeners').catch(() => []))
    .toHaveLength(1)
  const log = await postgresEventLog(own.database)
  const { position } = await log.append('thing-1', 'none', events())
  await expect.poll(() => notified.at(-1)).toBe(position)
  await log.close()
  await listener.close()
})

test('listeners of dead processes are removed, and processes of earlier versions, which only LISTEN, are registered', async () => {
  await own.database.query(
    `INSERT INTO agora.log_listeners VALUES (gen_random_uuid(), 'agora-dead')`,
  )
  await own.database.query(
    'UPDATE agora.head SET listeners = ARRAY(SELECT id FROM agora.log_listeners)',
  )
  const notified: string[] = []
  const earlier = await other.listen('agora_events', (payload) => notified.push(payload))
  const log = await postgresEventLog(own.database)
  const follower = follow(log)
  await expect.poll(registered).toHaveLength(2)
  const sessions = await own.database.query('SELECT session FROM agora.log_listeners')
  expect(sessions).not.toContainEqual({ session: 'agora-dead' })
  await log.append('thing-1', 'none', events())
  await expect.poll(() => notified).toEqual(['1'])
  await earlier.close()
  await follower.stop()
  await log.close()
})
