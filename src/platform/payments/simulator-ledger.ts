import { coalesce } from '../coalesce.ts'
import { sqlStateOf } from '../documents/sql-state.ts'
import type { Database, Statement } from '../postgres/database.ts'
import { IdempotencyMismatch } from './port.ts'

/** SQLSTATE unique_violation (PostgreSQL manual, appendix A). */
const uniqueViolation = '23505'

/** Money that was taken. */
export type LedgerCharge = {
  readonly key: string
  readonly token: string
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly providerRef: string
  /** ISO 8601, UTC. */
  readonly chargedAt: string
  /** How often it was asked for. */
  readonly attempts: number
}

/** Money that was returned. */
export type LedgerRefund = {
  readonly key: string
  readonly providerRef: string
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly refundRef: string
  /** ISO 8601, UTC. */
  readonly refundedAt: string
}

/** A charge that is asked for, and what is to become of it. */
type Entry = {
  readonly key: string
  readonly token: string
  readonly amount: number
  readonly currency: string
  /** How often it is asked for in vain. */
  readonly failures: number
  /** Why it is declined; null when it is not. */
  readonly reason: string | null
  readonly providerRef: string
}

/** Counts what was asked for; the money is taken the moment there are no more failures to come. Another charge under the same key changes nothing. */
const enterSql = `
  INSERT INTO agora.simulated_charges AS charge
    (key, token, amount, currency, failures, reason, provider_ref, attempts, charged_at)
  SELECT key, token, amount, currency, failures, reason, provider_ref, attempts,
    CASE WHEN reason IS NULL AND attempts > failures THEN now() END
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::text[], $7::text[], $8::int[])
    AS entry (key, token, amount, currency, failures, reason, provider_ref, attempts)
  ON CONFLICT (key) DO UPDATE SET
    attempts = charge.attempts + excluded.attempts,
    charged_at = CASE
      WHEN charge.charged_at IS NOT NULL OR charge.reason IS NOT NULL THEN charge.charged_at
      WHEN charge.attempts + excluded.attempts > charge.failures THEN now() END
    WHERE (charge.token, charge.amount, charge.currency) = (excluded.token, excluded.amount, excluded.currency)
  RETURNING key, attempts`

const chargesSql = `
  SELECT key, token, amount::float8 AS amount, currency, provider_ref AS "providerRef",
    charged_at AS "chargedAt", attempts
  FROM agora.simulated_charges WHERE charged_at IS NOT NULL ORDER BY charged_at, key`

/** One charge, and how often it is asked for in a batch. */
type Line = { readonly entry: Entry; asked: number }

const isSame = (one: Entry, other: Entry): boolean =>
  one.token === other.token && one.amount === other.amount && one.currency === other.currency

/**
 * Sorts a batch into pages, each of them one statement, which may touch a row only once: a charge that is asked for
 * several times becomes one line, and different charges under one key stand on different pages. Mostly there is one page.
 */
const pagesOf = (entries: readonly Entry[]) => {
  const pages: Map<string, Line>[] = []
  const lineFor = (entry: Entry): Line => {
    for (const page of pages) {
      const line = page.get(entry.key)
      if (line && !isSame(line.entry, entry)) continue
      const mine = line ?? { entry, asked: 0 }
      page.set(entry.key, mine)
      return mine
    }
    const line = { entry, asked: 0 }
    pages.push(new Map([[entry.key, line]]))
    return line
  }
  const asks = entries.map((entry) => {
    const line = lineFor(entry)
    line.asked += 1
    return { line, nth: line.asked }
  })
  return { pages, asks }
}

/** The simulator's book of charges; those that are entered at the same time share a round trip. */
export const chargeLedger = (database: Database) => {
  /**
   * Two processes may enter the same new charge in the very same moment: the one that is second at the key waits and
   * adds to it, but at the reference it fails. By then the charge is there.
   */
  const entered = async (
    statement: Statement,
    tries = 3,
  ): Promise<readonly { readonly key: string; readonly attempts: number }[]> => {
    try {
      return await database.query(statement)
    } catch (error) {
      if (sqlStateOf(error) !== uniqueViolation || tries === 1) throw error
      return entered(statement, tries - 1)
    }
  }

  /** @returns how often each line was asked for by now; nothing for a line whose key stands for another charge */
  const write = async (
    page: ReadonlyMap<string, Line>,
  ): Promise<readonly (readonly [Line, number])[]> => {
    // Sorted, so that no two processes wait for each other in a circle.
    const lines = [...page.values()].toSorted((a, b) => (a.entry.key < b.entry.key ? -1 : 1))
    const column = <T>(of: (entry: Entry) => T): T[] => lines.map(({ entry }) => of(entry))
    const rows = await entered({
      text: enterSql,
      name: 'simulator-enter',
      values: [
        column(({ key }) => key),
        column(({ token }) => token),
        column(({ amount }) => amount),
        column(({ currency }) => currency),
        column(({ failures }) => failures),
        column(({ reason }) => reason),
        column(({ providerRef }) => providerRef),
        lines.map(({ asked }) => asked),
      ],
    })
    return rows.flatMap(({ key, attempts }) => {
      const line = page.get(key)
      return line ? [[line, attempts] as const] : []
    })
  }

  const enter = coalesce<Entry, { readonly attempt: number } | 'mismatch'>(
    async (entries) => {
      const { pages, asks } = pagesOf(entries)
      const written = new Map<Line, number>()
      for (const page of pages)
        for (const [line, attempts] of await write(page)) written.set(line, attempts)
      return asks.map(({ line, nth }) => {
        const attempts = written.get(line)
        return attempts === undefined ? 'mismatch' : { attempt: attempts - line.asked + nth }
      })
    },
    { lanes: 2 },
  )

  return {
    /**
     * Writes down that a charge was asked for.
     * @returns which time that was, from 1
     * @throws IdempotencyMismatch when its key stands for another charge
     */
    enter: async (entry: Entry): Promise<{ readonly attempt: number }> => {
      const entered = await enter(entry)
      if (entered === 'mismatch') throw new IdempotencyMismatch(entry.key)
      return entered
    },
    /** The money that was taken, oldest first. */
    charges: () => database.query<LedgerCharge>(chargesSql),
  }
}
