import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase, type Connection, type Statement } from '../../engines/postgres/database.ts'
import { memoryLeases } from './memory.ts'
import type { Leases } from './port.ts'
import { postgresLeases } from './postgres.ts'
import { limitsOf } from './session.ts'

const never = new AbortController().signal

/** Blocks this thread with its timers, as in a process that hangs. @param ms duration */
const hang = (ms: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** Conformance suite of the leases. @param make `open` returns the leases of one more process */
const leasesConformance = (
  name: string,
  make: () => Promise<{ open: () => Leases; close: () => Promise<void> }>,
) =>
  describe(`leases in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made.close())

    test('have one holder at a time, also within a process', async () => {
      const [here, there] = [made.open(), made.open()]
      const first = await here.acquire('first', never)
      let taken = 0
      const waiting = [here, there, there].map(async (leases) => {
        const lease = await leases.acquire('first', never)
        taken += 1
        expect(taken).toBe(1)
        taken -= 1
        await lease.release()
      })
      await (await here.acquire('second', never)).release()
      expect(taken).toBe(0)
      await first.release()
      await Promise.all(waiting)
      await Promise.all([here.close(), there.close()])
    })

    test('are not acquired after the wait was aborted', async () => {
      const leases = made.open()
      const lease = await leases.acquire('third', never)
      const stop = new AbortController()
      const waiting = leases.acquire('third', stop.signal)
      stop.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow(/enough|aborted/)
      await lease.release()
      await (await leases.acquire('third', never)).release()
      await leases.close()
    })
  })

leasesConformance('memory', async () => {
  const leases = memoryLeases()
  return { open: () => leases, close: async () => undefined }
})

leasesConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    open: () => postgresLeases(fresh.database),
    close: async () => fresh[Symbol.asyncDispose](),
  }
})

describe('a lease in PostgreSQL', () => {
  let fresh: TestDatabase
  beforeAll(async () => void (fresh = await freshDatabase()))
  afterAll(() => fresh[Symbol.asyncDispose]())

  test('is acquired by the next when its holder loses the connection, and the holder is notified', async () => {
    const database = openDatabase(fresh.url, { connections: 1 })
    const [holder, next] = [postgresLeases(database), postgresLeases(fresh.database)]
    const lease = await holder.acquire('first', never)
    const waiting = next.acquire('first', never)
    await fresh.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)`,
    )
    await expect.poll(() => lease.lost.aborted).toBe(true)
    const acquired = await waiting
    expect(acquired.lost.aborted).toBe(false)
    await acquired.release()
    await (await holder.acquire('first', never)).release()
    await Promise.all([holder.close(), next.close()])
    await database.close()
  })

  test('is acquired with others by one statement, but for those that others hold', async () => {
    const [holder, next] = [postgresLeases(fresh.database), postgresLeases(fresh.database)]
    const held = await holder.acquire('b', never)
    const stop = new AbortController()
    const waiting = next.acquire('b', stop.signal)
    const [a, c] = await Promise.all([next.acquire('a', never), next.acquire('c', never)])
    expect([a.isHeld(), c.isHeld(), held.isHeld()]).toEqual([true, true, true])
    await held.release()
    await (await waiting).release()
    await Promise.all([a.release(), c.release()])
    for (const name of ['a', 'b', 'c']) await (await holder.acquire(name, never)).release()
    await Promise.all([holder.close(), next.close()])
  })

  test('is acquired where PostgreSQL refuses others that are asked for at the same time', async () => {
    let refusals = 0
    /** Takes the first lock of a batch, then fails, as where there is no room for the second. */
    const connect = async (): Promise<Connection> => {
      const connection = await fresh.database.connect()
      return {
        ...connection,
        query: async (statement) => {
          const { text, values } = typeof statement === 'string' ? { text: statement } : statement
          const names = values?.[0]
          if (!text.includes('pg_try_advisory_lock') || !Array.isArray(names) || names.length === 1)
            return connection.query(statement)
          await connection.query({ text, values: [names.slice(0, 1)] })
          refusals += 1
          throw new Error('out of shared memory')
        },
      }
    }
    const [few, next] = [postgresLeases({ connect }), postgresLeases(fresh.database)]
    const leases = await Promise.all(['a', 'b', 'c'].map((name) => few.acquire(name, never)))
    expect(refusals).toBe(1)
    for (const lease of leases) await lease.release()
    // Each was taken once, and so is free.
    for (const name of ['a', 'b', 'c']) await (await next.acquire(name, never)).release()
    await Promise.all([few.close(), next.close()])
  })

  test('is released by the server when its holder hangs, and acquired by the next', async () => {
    const database = openDatabase(fresh.url, { connections: 1 })
    // By its own clock, this holder's lease never expires.
    const limits = { beatEvery: 20, expiry: Infinity, silence: 300 }
    const [holder, next] = [postgresLeases(database, { limits }), postgresLeases(fresh.database)]
    const lease = await holder.acquire('first', never)
    hang(600)
    await (await next.acquire('first', AbortSignal.timeout(60_000))).release()
    await expect.poll(() => lease.lost.aborted).toBe(true)
    await (await holder.acquire('first', never)).release()
    await Promise.all([holder.close(), next.close()])
    await database.close()
  })

  test('has expired for a holder that hung, before its next line runs', async () => {
    const database = openDatabase(fresh.url, { connections: 1 })
    // The server does not end the session.
    const limits = { beatEvery: 20, expiry: 200, silence: 60_000 }
    const [holder, next] = [postgresLeases(database, { limits }), postgresLeases(fresh.database)]
    const lease = await holder.acquire('first', never)
    expect(lease.isHeld()).toBe(true)
    hang(300)
    expect(lease.isHeld()).toBe(false)
    expect(lease.lost.aborted).toBe(true)
    await lease.release()
    await (await next.acquire('first', never)).release()
    await Promise.all([holder.close(), next.close()])
    await database.close()
  })

  test('stays with a holder that blocks for less than the expiry, and sends heartbeats', async () => {
    const limits = { beatEvery: 50, expiry: 1_800, silence: 2_000 }
    const [holder, next] = [
      postgresLeases(fresh.database, { limits }),
      postgresLeases(fresh.database),
    ]
    const lease = await holder.acquire('first', never)
    const since = performance.now()
    hang(500)
    await expect.poll(() => performance.now() - since).toBeGreaterThan(2 * limits.silence)
    expect(lease.isHeld()).toBe(true)
    const stop = new AbortController()
    const waiting = next.acquire('first', stop.signal)
    stop.abort()
    await expect(waiting).rejects.toThrow(/aborted/)
    await Promise.all([holder.close(), next.close()])
  })

  test('is acquired on a PostgreSQL that answers the first statement slowly', async () => {
    const slow = {
      connect: async () => {
        const connection = await fresh.database.connect()
        return {
          ...connection,
          query: async (statement: Statement | string) => {
            const isSetting = typeof statement === 'string' && statement.startsWith('SET ')
            if (isSetting) await connection.query('SELECT pg_sleep(0.3)')
            return connection.query(statement)
          },
        } as Connection
      },
    }
    const limits = { beatEvery: 20, expiry: 5_000, silence: 6_000 }
    const leases = postgresLeases(slow, { limits })
    const lease = await leases.acquire('first', never)
    expect(lease.isHeld()).toBe(true)
    await lease.release()
    await leases.close()
  })

  test('is acquired on a PostgreSQL that cannot end silent sessions, with an error reported', async () => {
    const errors: unknown[] = []
    const old = {
      connect: async () => {
        const connection = await fresh.database.connect()
        return {
          ...connection,
          query: async (statement: Statement | string) =>
            connection.query(
              typeof statement === 'string'
                ? statement.replace('idle_session_timeout', 'no_such_setting')
                : statement,
            ),
        } as Connection
      },
    }
    const leases = postgresLeases(old, { onError: (error) => errors.push(error) })
    const lease = await leases.acquire('first', never)
    expect(lease.isHeld()).toBe(true)
    expect(String(errors[0])).toMatch(/older than 14/)
    expect(errors.length).toBe(1)
    await lease.release()
    await leases.close()
  })
})

test('a lease expires for its holder after several heartbeats, and before the server releases it', () => {
  for (const lease of [1_000, 3_333, 10_000, 300_000]) {
    const { beatEvery, expiry, silence } = limitsOf(lease)
    expect(expiry).toBe(lease)
    expect.assert(silence > expiry && Number.isInteger(silence), `${silence}`)
    expect.assert(beatEvery * 5 < expiry)
  }
})
