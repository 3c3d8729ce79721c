import { setTimeout as pause } from 'node:timers/promises'
import type { Connection, Database } from '../postgres/database.ts'
import type { Lease, Leases } from './port.ts'

/** How often a lease that someone else holds is asked for again, in ms. */
const patience = 500

/**
 * Leases as session-level advisory locks (PostgreSQL manual, 13.3.5) on one connection a process. The server frees
 * them when the connection ends, however the process ended; what a holder writes is guarded by positions besides.
 */
export const postgresLeases = (database: Database): Leases => {
  let session: Promise<{ connection: Connection; lost: AbortController }> | undefined
  const held = new Set<string>()

  const open = async () => {
    const connection = await database.connect()
    const lost = new AbortController()
    void connection.lost.then(() => {
      session = undefined
      held.clear()
      lost.abort(new Error('The connection that held the leases was lost'))
    })
    return { connection, lost }
  }

  const tryToTake = async (name: string): Promise<Lease | undefined> => {
    const { connection, lost } = await (session ??= open().catch((error: unknown) => {
      session = undefined
      throw error
    }))
    // A session may take its own lock twice; one holder in this process is meant as well.
    if (held.has(name)) return undefined
    held.add(name)
    const [row] = await connection
      .query<{ taken: boolean }>({
        text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 4711)) AS taken',
        values: [name],
      })
      .catch((error: unknown) => {
        held.delete(name)
        throw error
      })
    if (!row?.taken) {
      held.delete(name)
      return undefined
    }
    return {
      lost: lost.signal,
      release: async () => {
        if (lost.signal.aborted || !held.delete(name)) return
        await connection
          .query({ text: 'SELECT pg_advisory_unlock(hashtextextended($1, 4711))', values: [name] })
          // Then the connection is gone, and the lock with it.
          .catch(() => undefined)
      },
    }
  }

  return {
    acquire: async (name, signal) => {
      for (;;) {
        signal.throwIfAborted()
        const lease = await tryToTake(name).catch(() => undefined)
        if (lease) return lease
        await pause(patience, undefined, { signal, ref: false })
      }
    },
    close: async () => {
      const open = await session?.catch(() => undefined)
      await open?.connection.close()
    },
  }
}
