import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../../engines/postgres/database.ts'
import type { Lease, Leases } from './port.ts'
import { openLeaseSession, usualLimits, type LeaseLimits, type LeaseSession } from './session.ts'

/** How often a lease that someone else holds is asked for again, in ms. */
const patience = 500

/**
 * Leases as session-level advisory locks (PostgreSQL manual, 13.3.5) on one connection a process. The server frees
 * them when the connection ends, however the process ended, and ends the connection when the process hangs; what a holder
 * writes is guarded by positions besides.
 * @param options.limits when a process is taken for hung
 * @param options.onError told when this PostgreSQL cannot notice that a process hangs
 */
export const postgresLeases = (
  database: Pick<Database, 'connect'>,
  {
    limits = usualLimits,
    onError = () => undefined,
  }: { readonly limits?: LeaseLimits; readonly onError?: (error: unknown) => void } = {},
): Leases => {
  let session: Promise<LeaseSession> | undefined
  const held = new Set<string>()

  const open = async (): Promise<LeaseSession> => {
    const opened = await openLeaseSession(database, limits, onError)
    const forget = () => {
      session = undefined
      held.clear()
    }
    if (opened.lost.aborted) throw opened.lost.reason
    opened.lost.addEventListener('abort', forget, { once: true })
    return opened
  }

  const tryToTake = async (name: string): Promise<Lease | undefined> => {
    const { query, lost, isAlive } = await (session ??= open().catch((error: unknown) => {
      session = undefined
      throw error
    }))
    // A session may take its own lock twice; one holder in this process is meant as well.
    if (held.has(name)) return undefined
    held.add(name)
    const [row] = await query<{ taken: boolean }>({
      text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 4711)) AS taken',
      values: [name],
    }).catch((error: unknown) => {
      if (!lost.aborted) held.delete(name)
      throw error
    })
    if (lost.aborted) return undefined
    if (!row?.taken) {
      held.delete(name)
      return undefined
    }
    return {
      lost,
      isHeld: isAlive,
      release: async () => {
        if (lost.aborted || !held.delete(name)) return
        await query({
          text: 'SELECT pg_advisory_unlock(hashtextextended($1, 4711))',
          values: [name],
        })
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
      await open?.close()
    },
  }
}
