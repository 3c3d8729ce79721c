import assert from 'node:assert/strict'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase, type Connection, type Statement } from '../../engines/postgres/database.ts'
import { memoryLeases } from './memory.ts'
import type { Leases } from './port.ts'
import { postgresLeases } from './postgres.ts'
import { limitsOf } from './session.ts'

const never = new AbortController().signal

/** Stops this thread, timers and all, as a process stops that hangs. @param ms how long */
const hang = (ms: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** What every kind of lease does; `open` gives what one more process would use. */
const leasesConformance = (
  name: string,
  make: () => Promise<{ open: () => Leases; close: () => Promise<void> }>,
) =>
  describe(`leases in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made.close())

    test('are held by one at a time, also within a process', async () => {
      const [here, there] = [made.open(), made.open()]
      const first = await here.acquire('crown', never)
      let taken = 0
      const waiting = [here, there, there].map(async (leases) => {
        const lease = await leases.acquire('crown', never)
        taken += 1
        assert.equal(taken, 1)
        taken -= 1
        await lease.release()
      })
      await (await here.acquire('sceptre', never)).release()
      assert.equal(taken, 0)
      await first.release()
      await Promise.all(waiting)
      await Promise.all([here.close(), there.close()])
    })

    test('are not waited for longer than the one who waits wants', async () => {
      const leases = made.open()
      const lease = await leases.acquire('orb', never)
      const stop = new AbortController()
      const waiting = leases.acquire('orb', stop.signal)
      stop.abort(new Error('enough'))
      await assert.rejects(waiting)
      await lease.release()
      await (await leases.acquire('orb', never)).release()
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

  test('passes on when its holder loses the connection, and the holder is told', async () => {
    const database = openDatabase(fresh.url, { connections: 1 })
    const [holder, next] = [postgresLeases(database), postgresLeases(fresh.database)]
    const lease = await holder.acquire('crown', never)
    const waiting = next.acquire('crown', never)
    await fresh.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)`,
    )
    await expect.poll(() => lease.lost.aborted).toBe(true)
    const passedOn = await waiting
    assert.equal(passedOn.lost.aborted, false)
    await passedOn.release()
    await (await holder.acquire('crown', never)).release()
    await Promise.all([holder.close(), next.close()])
    await database.close()
  })

  test('is freed by the server when its holder hangs, and passes on', async () => {
    const database = openDatabase(fresh.url, { connections: 1 })
    // By its own clock, this holder would never give up.
    const limits = { beatEvery: 20, expiry: Infinity, silence: 300 }
    const [holder, next] = [postgresLeases(database, { limits }), postgresLeases(fresh.database)]
    const lease = await holder.acquire('crown', never)
    hang(600)
    await (await next.acquire('crown', AbortSignal.timeout(60_000))).release()
    await expect.poll(() => lease.lost.aborted).toBe(true)
    await (await holder.acquire('crown', never)).release()
    await Promise.all([holder.close(), next.close()])
    await database.close()
  })

  test('is given up by a holder that has hung before it does anything else', async () => {
    const database = openDatabase(fresh.url, { connections: 1 })
    // The server would wait for it.
    const limits = { beatEvery: 20, expiry: 200, silence: 60_000 }
    const [holder, next] = [postgresLeases(database, { limits }), postgresLeases(fresh.database)]
    const lease = await holder.acquire('crown', never)
    assert.equal(lease.isHeld(), true)
    hang(300)
    assert.equal(lease.isHeld(), false)
    assert.equal(lease.lost.aborted, true)
    await lease.release()
    await (await next.acquire('crown', never)).release()
    await Promise.all([holder.close(), next.close()])
    await database.close()
  })

  test('is kept by a holder that is only busy for a while, and for as long as it lives', async () => {
    const limits = { beatEvery: 50, expiry: 1_800, silence: 2_000 }
    const [holder, next] = [
      postgresLeases(fresh.database, { limits }),
      postgresLeases(fresh.database),
    ]
    const lease = await holder.acquire('crown', never)
    const since = performance.now()
    hang(500)
    await expect.poll(() => performance.now() - since).toBeGreaterThan(2 * limits.silence)
    assert.equal(lease.isHeld(), true)
    const stop = new AbortController()
    const waiting = assert.rejects(next.acquire('crown', stop.signal))
    stop.abort()
    await waiting
    await Promise.all([holder.close(), next.close()])
  })

  test('is taken on a PostgreSQL that is slow to answer at first', async () => {
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
    const lease = await leases.acquire('crown', never)
    assert.equal(lease.isHeld(), true)
    await lease.release()
    await leases.close()
  })

  test('is a lease on a PostgreSQL that cannot end silent sessions too, and that is said', async () => {
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
    const lease = await leases.acquire('crown', never)
    assert.equal(lease.isHeld(), true)
    assert.match(String(errors[0]), /older than 14/)
    assert.equal(errors.length, 1)
    await lease.release()
    await leases.close()
  })
})

test('a holder gives its lease up before the server frees it, and has beaten several times before, whatever the lease', () => {
  for (const lease of [1_000, 3_333, 10_000, 300_000]) {
    const { beatEvery, expiry, silence } = limitsOf(lease)
    assert.equal(expiry, lease)
    assert.ok(silence > expiry && Number.isInteger(silence), `${silence}`)
    assert.ok(beatEvery * 5 < expiry)
  }
})
