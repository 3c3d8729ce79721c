import { setTimeout as pause } from 'node:timers/promises'
import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import type { Lease, Leases } from './port.ts'
import { openLeaseSession, usualLimits, type LeaseLimits, type LeaseSession } from './session.ts'

/** Interval at which a lease of another holder is polled, in ms. */
const pollEvery = 500

/**
 * The locks of a session. Followers take theirs when a process starts, and release them when it stops: they share statements.
 */
const locksOf = ({ query }: Pick<LeaseSession, 'query'>) => {
  const unlock = coalesce<string, void>(async (names) => {
    await query({
      text: 'SELECT pg_advisory_unlock(hashtextextended(name, 4711)) FROM unnest($1::text[]) AS name',
      values: [names],
    })
    return names.map(() => undefined)
  })
  const lockAll = async (names: readonly string[]): Promise<readonly boolean[]> => {
    const rows = await query<{ nth: number; taken: boolean }>({
      text: `SELECT nth::integer, pg_try_advisory_lock(hashtextextended(name, 4711)) AS taken
        FROM unnest($1::text[]) WITH ORDINALITY AS asked(name, nth)`,
      values: [names],
    })
    const taken = new Map(rows.map((row) => [row.nth, row.taken]))
    return names.map((_, index) => taken.get(index + 1) ?? false)
  }
  /** Tries to take the lock of a lease. @returns whether it is held now */
  const lock = coalesce<string, boolean>(async (names) => {
    try {
      return await lockAll(names)
    } catch (error) {
      if (names.length === 1) throw error
      // Session-level locks outlive the failure of the statement that has taken some of them.
      await Promise.all(names.map(unlock)).catch(() => undefined)
      // PostgreSQL may have room for some of them.
      const taken: boolean[] = []
      for (const name of names)
        taken.push(
          await lockAll([name]).then(
            ([one]) => one ?? false,
            () => false,
          ),
        )
      return taken
    }
  })
  return { lock, unlock }
}

type Opened = LeaseSession & ReturnType<typeof locksOf>

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
  let session: Promise<Opened> | undefined
  const held = new Set<string>()

  const open = async (): Promise<Opened> => {
    const opened = await openLeaseSession(database, limits, onError)
    const reset = () => {
      session = undefined
      held.clear()
    }
    if (opened.lost.aborted) throw opened.lost.reason
    opened.lost.addEventListener('abort', reset, { once: true })
    return { ...opened, ...locksOf(opened) }
  }

  const tryToAcquire = async (name: string): Promise<Lease | undefined> => {
    const { lock, unlock, lost, isAlive } = await (session ??= open().catch((error: unknown) => {
      session = undefined
      throw error
    }))
    // A session may acquire its own lock twice, but a lease has one holder within this process too.
    if (held.has(name)) return undefined
    held.add(name)
    const taken = await lock(name).catch((error: unknown) => {
      if (!lost.aborted) held.delete(name)
      throw error
    })
    if (lost.aborted) return undefined
    if (!taken) {
      held.delete(name)
      return undefined
    }
    return {
      lost,
      isHeld: isAlive,
      release: async () => {
        if (lost.aborted || !held.delete(name)) return
        // A failure means that the connection has ended, which releases the lock.
        await unlock(name).catch(() => undefined)
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
