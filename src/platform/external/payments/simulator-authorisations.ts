import type { Database, Session } from '../../engines/postgres/database.ts'
import {
  cancelled,
  IdempotencyMismatch,
  notAuthorised,
  type AuthorisationAnswer,
  type ChargeAnswer,
  type ReleaseAnswer,
} from './port.ts'
import type { Entered, Entry } from './simulator-ledger.ts'

type Row = {
  readonly token: string
  readonly amount: number
  readonly currency: string
  readonly attempts: number
  readonly reason: string | null
  readonly providerRef: string
  readonly authorised: boolean
  readonly held: boolean
  readonly captured: boolean
}

const rowSql = `
  SELECT token, amount::float8 AS amount, currency, attempts, reason, provider_ref AS "providerRef",
    authorised_at IS NOT NULL AS authorised,
    authorised_at IS NOT NULL AND captured_at IS NULL AND released_at IS NULL AS held,
    captured_at IS NOT NULL AS captured
  FROM agora.simulated_authorisations WHERE key = $1`

const enterSql = `
  INSERT INTO agora.simulated_authorisations AS one
    (key, token, amount, currency, failures, reason, provider_ref, attempts, authorised_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 1, CASE WHEN $6::text IS NULL AND $5 < 1 THEN now() END)
  ON CONFLICT (key) DO UPDATE SET
    attempts = one.attempts + 1,
    authorised_at = CASE
      WHEN one.authorised_at IS NOT NULL OR one.reason IS NOT NULL THEN one.authorised_at
      WHEN one.attempts + 1 > one.failures THEN now() END
  RETURNING attempts, reason`

const captureSql = `
  WITH captured AS (
    UPDATE agora.simulated_authorisations SET captured_at = now() WHERE key = $1 RETURNING *)
  INSERT INTO agora.simulated_charges
    (key, token, amount, currency, failures, attempts, provider_ref, charged_at)
  SELECT key, token, amount, currency, 0, 1, provider_ref, captured_at FROM captured`

const releaseSql = `
  INSERT INTO agora.simulated_authorisations AS one
    (key, token, amount, currency, failures, reason, provider_ref, attempts)
  VALUES ($1, '', 0, '', 0, '${cancelled}', $2, 0)
  ON CONFLICT (key) DO UPDATE SET
    reason = coalesce(one.reason, excluded.reason),
    released_at = CASE WHEN one.authorised_at IS NOT NULL THEN coalesce(one.released_at, now()) END`

/** Authorisations of the simulator. Each request is a transaction of its own, alone with its key. */
export const authorisationLedger = (database: Database) => {
  /** Runs work on an authorisation while no other transaction works on it. @param work gets its row, if there is one */
  const alone = <T>(
    key: string,
    work: (session: Session, row: Row | undefined) => Promise<T>,
  ): Promise<T> =>
    database.transaction(async (session) => {
      await session.query({
        text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 246))',
        values: [key],
      })
      const [row] = await session.query<Row>({ text: rowSql, values: [key] })
      return work(session, row)
    })

  return {
    /**
     * Records a request for an authorisation.
     * @returns the number of the request, from 1, and the reason of a decline or null
     * @throws IdempotencyMismatch when its key was used for another authorisation
     */
    enter: ({
      key,
      token,
      amount,
      currency,
      failures,
      reason,
      providerRef,
    }: Entry): Promise<Entered> =>
      alone(key, async (session, row) => {
        const isSame = row?.token === token && row.amount === amount && row.currency === currency
        if (row && !isSame && row.reason !== cancelled) throw new IdempotencyMismatch(key)
        const [entered] = await session.query<{ attempts: number; reason: string | null }>({
          text: enterSql,
          values: [key, token, amount, currency, failures, reason, providerRef],
        })
        if (!entered) throw new Error('The authorisation has no row')
        return { attempt: entered.attempts, reason: entered.reason }
      }),

    /** Returns the outcome of an authorisation; undefined without one. */
    outcomeOf: async (key: string): Promise<AuthorisationAnswer | undefined> => {
      const [row] = await database.query<Row>({ text: rowSql, values: [key] })
      if (!row) return undefined
      if (row.reason !== null) return { authorised: false, reason: row.reason }
      return row.authorised ? { authorised: true, providerRef: row.providerRef } : undefined
    },

    /** Captures an authorisation, as the port specifies. */
    capture: (key: string): Promise<ChargeAnswer> =>
      alone(key, async (session, row) => {
        if (!row?.held && !row?.captured)
          return { paid: false, reason: row?.reason === cancelled ? cancelled : notAuthorised }
        if (row.held) await session.query({ text: captureSql, values: [key] })
        return { paid: true, providerRef: row.providerRef }
      }),

    /** Releases an authorisation, as the port specifies. @param providerRef of a new row, which prevents a later authorisation */
    release: (key: string, providerRef: string): Promise<ReleaseAnswer> =>
      alone(key, async (session, row) => {
        if (row?.captured) return { captured: true, providerRef: row.providerRef }
        await session.query({ text: releaseSql, values: [key, providerRef] })
        return { captured: false }
      }),
  }
}
