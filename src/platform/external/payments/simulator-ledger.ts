import { coalesce } from '../../coalesce.ts'
import { sqlStateOf } from '../../storage/documents/sql-state.ts'
import type { Database, Row as AnyRow, Statement } from '../../engines/postgres/database.ts'
import { cancelled, IdempotencyMismatch, type ChargeAnswer } from './port.ts'

/** SQLSTATE unique_violation (PostgreSQL manual, appendix A). */
const uniqueViolation = '23505'

/** A paid charge. */
export type LedgerCharge = {
  readonly key: string
  readonly token: string
  /** Minor units. */
  readonly amount: number
  readonly currency: string
  readonly providerRef: string
  /** ISO 8601, UTC. */
  readonly chargedAt: string
  /** Number of requests for the charge. */
  readonly attempts: number
}

/** A refund. */
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

/** A requested charge or authorisation, with the simulator's decision on it. */
export type Entry = {
  readonly key: string
  readonly token: string
  readonly amount: number
  readonly currency: string
  /** Number of requests that fail before the first that succeeds. */
  readonly failures: number
  /** Reason of a decline; null for a charge that pays. */
  readonly reason: string | null
  readonly providerRef: string
}

/**
 * Counts the requests for a charge, and takes the money once the failures are used up. Another charge under the same key
 * changes nothing; a cancelled key matches any charge, and none is taken.
 */
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
      OR charge.reason = '${cancelled}'
  RETURNING key, attempts, reason`

/** Cancels a key. Waits for a concurrent charge under the key; its outcome is left as it is. */
const cancelSql = `
  INSERT INTO agora.simulated_charges AS charge
    (key, token, amount, currency, failures, reason, provider_ref, attempts)
  VALUES ($1, '', 0, '', 0, '${cancelled}', $2, 0)
  ON CONFLICT (key) DO UPDATE SET
    reason = CASE WHEN charge.charged_at IS NULL THEN coalesce(charge.reason, excluded.reason) END
  RETURNING provider_ref AS "providerRef", reason`

const outcomeSql = `
  SELECT provider_ref AS "providerRef", reason FROM agora.simulated_charges
  WHERE key = $1 AND (charged_at IS NOT NULL OR reason IS NOT NULL)`

type Outcome = { readonly providerRef: string; readonly reason: string | null }

const answerOf = ({ providerRef, reason }: Outcome): ChargeAnswer =>
  reason === null ? { paid: true, providerRef } : { paid: false, reason }

const chargesSql = `
  SELECT key, token, amount::float8 AS amount, currency, provider_ref AS "providerRef",
    charged_at AS "chargedAt", attempts
  FROM agora.simulated_charges WHERE charged_at IS NOT NULL ORDER BY charged_at, key`

/** Row of a charge after a request: the number of requests, and the reason of a decline or null. */
type Written = { readonly attempts: number; readonly reason: string | null }

/** Number of a request, from 1, and the reason of a decline or null. */
export type Entered = { readonly attempt: number; readonly reason: string | null }

/** A charge, with the number of its requests in a batch. */
type Line = { readonly entry: Entry; requests: number }

const isSame = (one: Entry, other: Entry): boolean =>
  one.token === other.token && one.amount === other.amount && one.currency === other.currency

/**
 * Divides a batch into pages. A page is one statement, and a statement may change a row only once: repeated requests for a
 * charge become one line, and different charges under one key are on different pages. Mostly there is one page.
 */
const pagesOf = (entries: readonly Entry[]) => {
  const pages: Map<string, Line>[] = []
  const lineFor = (entry: Entry): Line => {
    for (const page of pages) {
      const line = page.get(entry.key)
      if (line && !isSame(line.entry, entry)) continue
      const merged = line ?? { entry, requests: 0 }
      page.set(entry.key, merged)
      return merged
    }
    const line = { entry, requests: 0 }
    pages.push(new Map([[entry.key, line]]))
    return line
  }
  const requests = entries.map((entry) => {
    const line = lineFor(entry)
    line.requests += 1
    return { line, nth: line.requests }
  })
  return { pages, requests }
}

/** Charges of the simulator; concurrent requests share a round trip. */
export const chargeLedger = (database: Database) => {
  /**
   * Runs a statement, and retries it after a unique violation. Two processes may insert the same new charge concurrently:
   * the second one waits at the index of the key and updates the row, but at the index of the reference it fails. By then
   * the row exists.
   */
  const entered = async <Row extends AnyRow>(
    statement: Statement,
    tries = 3,
  ): Promise<readonly Row[]> => {
    try {
      return await database.query<Row>(statement)
    } catch (error) {
      if (sqlStateOf(error) !== uniqueViolation || tries === 1) throw error
      return entered<Row>(statement, tries - 1)
    }
  }

  /** Writes a page. @returns the row of each line; none for a line whose key was used for another charge */
  const write = async (
    page: ReadonlyMap<string, Line>,
  ): Promise<readonly (readonly [Line, Written])[]> => {
    // Sorted, so that concurrent processes lock rows in one order and do not deadlock.
    const lines = [...page.values()].toSorted((a, b) => (a.entry.key < b.entry.key ? -1 : 1))
    const column = <T>(of: (entry: Entry) => T): T[] => lines.map(({ entry }) => of(entry))
    const rows = await entered<Written & { readonly key: string }>({
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
        lines.map(({ requests }) => requests),
      ],
    })
    return rows.flatMap(({ key, ...row }) => {
      const line = page.get(key)
      return line ? [[line, row] as const] : []
    })
  }

  const enter = coalesce<Entry, Entered | 'mismatch'>(
    async (entries) => {
      const { pages, requests } = pagesOf(entries)
      const written = new Map<Line, Written>()
      for (const page of pages) for (const [line, row] of await write(page)) written.set(line, row)
      return requests.map(({ line, nth }) => {
        const row = written.get(line)
        return row === undefined
          ? 'mismatch'
          : { attempt: row.attempts - line.requests + nth, reason: row.reason }
      })
    },
    { lanes: 2 },
  )

  return {
    /**
     * Records a request for a charge.
     * @returns the number of the request, from 1, and the reason of a decline or null
     * @throws IdempotencyMismatch when its key was used for another charge
     */
    enter: async (entry: Entry): Promise<Entered> => {
      const entered = await enter(entry)
      if (entered === 'mismatch') throw new IdempotencyMismatch(entry.key)
      return entered
    },
    /** Cancels a charge that has no outcome. @returns the outcome */
    cancel: async (key: string, providerRef: string): Promise<ChargeAnswer> => {
      const statement = { text: cancelSql, values: [key, providerRef] }
      const [row] = await entered<Outcome>(statement)
      if (!row) throw new Error('The cancelled charge has no row')
      return answerOf(row)
    },
    /** Returns the outcome of a charge; undefined without one. */
    outcomeOf: async (key: string): Promise<ChargeAnswer | undefined> => {
      const [row] = await database.query<Outcome>({ text: outcomeSql, values: [key] })
      return row && answerOf(row)
    },
    /** Returns the paid charges, oldest first. */
    charges: () => database.query<LedgerCharge>(chargesSql),
  }
}
