import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../../engines/postgres/database.ts'
import type { Lease, Leases } from './port.ts'
import { openLeaseSession, usualLimits, type LeaseLimits, type LeaseSession } from './session.ts'

/** Interval at which a lease of another holder is polled, in ms. */
const pollEvery = 500

/**
 * Leases as session-level advisory locks (PostgreSQL manual, 13.3.5), on one connection for each process. The server releases
 * them when the connection ends, whatever the reason, and ends the connection when the process hangs. Writes of a holder are
 * guarded by positions as well.
 * @param options.limits timeouts for a process that hangs
 * @param options.onError called when this PostgreSQL cannot detect that a process hangs
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
    const reset = () => {
      session = undefined
      held.clear()
    }
    if (opened.lost.aborted) throw opened.lost.reason
    opened.lost.addEventListener('abort', reset, { once: true })
    return opened
  }

  const tryToAcquire = async (name: string): Promise<Lease | undefined> => {
    const { query, lost, isAlive } = await (session ??= open().catch((error: unknown) => {
      session = undefined
      throw error
    }))
    // A session may acquire its own lock twice, but a lease has one holder within this process too.
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
          // A failure means that the connection has ended, which releases the lock.
          .catch(() => undefined)
      },
    }
  }

  return {
    acquire: async (name, signal) => {
      for (;;) {
        signal.throwIfAborted()
        const lease = await tryToAcquire(name).catch(() => undefined)
        if (lease) return lease
        await pause(pollEvery, undefined, { signal, ref: false })
      }
    },
    close: async () => {
      const open = await session?.catch(() => undefined)
      await open?.close()
    },
  }
}
