import { coalesce } from '../../coalesce.ts'
import { sqlStateOf } from '../../storage/documents/sql-state.ts'
import type { Database, Row as AnyRow, Statement } from '../../engines/postgres/database.ts'
import { cancelled, IdempotencyMismatch, type ChargeAnswer } from './port.ts'

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

/**
 * Counts what was asked for; the money is taken the moment there are no more failures to come. Another charge under the
 * same key changes nothing; a key that was cancelled may stand for any charge, none of which is taken.
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

/** Waits for a charge under the same key that is being entered; what it decided is left as it is. */
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

/** A charge's row after it was asked for: how often by now, and why it is refused. */
type Written = { readonly attempts: number; readonly reason: string | null }

/** Which time a charge was asked for, from 1, and why it is refused; null when it is not. */
type Entered = { readonly attempt: number; readonly reason: string | null }

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

  /** @returns each line's row as it is now; nothing for a line whose key stands for another charge */
  const write = async (
    page: ReadonlyMap<string, Line>,
  ): Promise<readonly (readonly [Line, Written])[]> => {
    // Sorted, so that no two processes wait for each other in a circle.
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
        lines.map(({ asked }) => asked),
      ],
    })
    return rows.flatMap(({ key, ...row }) => {
      const line = page.get(key)
      return line ? [[line, row] as const] : []
    })
  }

  const enter = coalesce<Entry, Entered | 'mismatch'>(
    async (entries) => {
      const { pages, asks } = pagesOf(entries)
      const written = new Map<Line, Written>()
      for (const page of pages) for (const [line, row] of await write(page)) written.set(line, row)
      return asks.map(({ line, nth }) => {
        const row = written.get(line)
        return row === undefined
          ? 'mismatch'
          : { attempt: row.attempts - line.asked + nth, reason: row.reason }
      })
    },
    { lanes: 2 },
  )

  return {
    /**
     * Writes down that a charge was asked for.
     * @returns which time that was, from 1, and why it is refused, if it is
     * @throws IdempotencyMismatch when its key stands for another charge
     */
    enter: async (entry: Entry): Promise<Entered> => {
      const entered = await enter(entry)
      if (entered === 'mismatch') throw new IdempotencyMismatch(entry.key)
      return entered
    },
    /** Cancels an attempt that has no outcome. @returns the outcome */
    cancel: async (key: string, providerRef: string): Promise<ChargeAnswer> => {
      const statement = { text: cancelSql, values: [key, providerRef] }
      const [row] = await entered<Outcome>(statement)
      if (!row) throw new Error('A charge that is cancelled has a row')
      return answerOf(row)
    },
    /** The outcome of an attempt, if it has one. */
    outcomeOf: async (key: string): Promise<ChargeAnswer | undefined> => {
      const [row] = await database.query<Outcome>({ text: outcomeSql, values: [key] })
      return row && answerOf(row)
    },
    /** The money that was taken, oldest first. */
    charges: () => database.query<LedgerCharge>(chargesSql),
  }
}
