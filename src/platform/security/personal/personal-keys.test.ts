import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { personalKeysConformance } from './conformance.ts'
import { memoryPersonalKeys } from './memory.ts'
import { until } from '../../../../test/support/until.ts'
import { openDatabase, type Database } from '../../engines/postgres/database.ts'
import { severable } from '../../messaging/queue/testing/severable.ts'
import { postgresPersonalKeys } from './postgres.ts'

personalKeysConformance('memory', async () => {
  const keys = memoryPersonalKeys()
  return { one: keys, other: keys, close: keys.close }
})

personalKeysConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  const secret = randomBytes(32)
  const [one, other] = await Promise.all([
    postgresPersonalKeys(fresh.database, { secret }),
    postgresPersonalKeys(fresh.database, { secret }),
  ])
  return {
    one,
    other,
    close: async () => {
      await Promise.all([one.close(), other.close()])
      await fresh[Symbol.asyncDispose]()
    },
  }
})

test('personal keys do not open with another secret, and are removed from the table when destroyed', async () => {
  await using fresh = await freshDatabase()
  const person = randomUUID()
  const keys = await postgresPersonalKeys(fresh.database, { secret: randomBytes(32) })
  await keys.keysOf([person], { make: true })
  const others = await postgresPersonalKeys(fresh.database, { secret: randomBytes(32) })
  await expect(others.keysOf([person])).rejects.toThrow('AGORA_SECRET')
  await keys.destroy(person)
  const rows = await fresh.database.query('SELECT sealed_key FROM agora.personal_keys')
  expect(rows).toEqual([{ sealed_key: null }])
  await Promise.all([keys.close(), others.close()])
})

test('an evicted personal key is read again', async () => {
  await using fresh = await freshDatabase()
  const keys = await postgresPersonalKeys(fresh.database, { secret: randomBytes(32), cached: 1 })
  const [first, second] = [randomUUID(), randomUUID()]
  const key = (await keys.keysOf([first], { make: true })).get(first)
  await keys.keysOf([second], { make: true })
  expect(keys.known(first)).toBeUndefined()
  const reread = (await keys.keysOf([first])).get(first)
  if (!key || key === 'destroyed' || !reread || reread === 'destroyed') throw new Error('No key')
  expect(reread.open('e', key.seal('e', 'Ada'))).toBe('Ada')
  await keys.close()
})

test('a process that was disconnected learns of destroyed keys as soon as it reconnects', async () => {
  await using fresh = await freshDatabase()
  await using link = await severable(fresh.url)
  await using all = new AsyncDisposableStack()
  const secret = randomBytes(32)
  const near = all.adopt(openDatabase(link.url), (it) => it.close())
  const open = async (database: Database) =>
    all.adopt(await postgresPersonalKeys(database, { secret }), (it) => it.close())
  const [cutOff, other] = [await open(near), await open(fresh.database)]
  const [person, earlier] = [randomUUID(), randomUUID()]
  await other.destroy(earlier)
  await cutOff.keysOf([person], { make: true })
  const notified: string[] = []
  cutOff.onDestroyed((one) => notified.push(one))
  await link.sever()
  await other.destroy(person)
  expect(notified).not.toContain(person)
  await link.mend()
  await until(
    () => notified,
    (people) => people.includes(person),
  )
  expect((await cutOff.keysOf([person])).get(person)).toBe('destroyed')
})

test('closed keys send no further query, also when one was running', async () => {
  let notify: (payload: string) => void = () => undefined
  let fail: (() => void) | undefined
  let queries = 0
  const query = async () => {
    queries += 1
    if (queries === 1) return [{ at: '2030-01-01T00:00:00Z', person: null }]
    return new Promise((_, reject) => (fail = () => reject(new Error('The database is closed'))))
  }
  const listen = async (_: string, onNotification: (payload: string) => void) => {
    notify = onNotification
    return { close: async () => undefined }
  }
  const database = { query, listen } as unknown as Database
  const keys = await postgresPersonalKeys(database, { secret: randomBytes(32) })
  notify('')
  await keys.close()
  vi.useFakeTimers()
  try {
    fail?.()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(queries).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})
