import { derivedUuid } from '#kernel'
import type { Database, Session } from '../../engines/postgres/database.ts'
import { IdempotencyMismatch, RefundRefused, type Refund } from './port.ts'
import type { LedgerRefund } from './simulator-ledger.ts'

type Known = {
  readonly providerRef: string
  readonly amount: number
  readonly currency: string
  readonly refundRef: string
}

const columns = `
  key, provider_ref AS "providerRef", amount::float8 AS amount, currency, refund_ref AS "refundRef",
  refunded_at AS "refundedAt"`

const leftSql = `
  SELECT currency, (amount - (
    SELECT coalesce(sum(amount), 0) FROM agora.simulated_refunds WHERE provider_ref = $1))::float8 AS left
  FROM agora.simulated_charges WHERE provider_ref = $1 AND charged_at IS NOT NULL`

/** Refunds of the simulator. They are few, so each is written in a transaction of its own. */
export const refundLedger = (database: Database) => {
  const knownUnder = async (session: Session, key: string): Promise<Known | undefined> => {
    const [known] = await session.query<Known>({
      text: `SELECT ${columns} FROM agora.simulated_refunds WHERE key = $1`,
      values: [key],
    })
    return known
  }

  const isFor = (known: Known, { providerRef, amount }: Refund): boolean =>
    known.providerRef === providerRef &&
    known.amount === amount.amount &&
    known.currency === amount.currency

  return {
    /** Refunds a charge, as the port specifies. */
    refund: (refund: Refund): Promise<{ readonly refundRef: string }> =>
      database.transaction(async (session) => {
        const { idempotencyKey, providerRef, amount } = refund
        // A concurrent refund under the same key waits here, and then reads the row of the first.
        await session.query({
          text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 40))',
          values: [idempotencyKey],
        })
        const known = await knownUnder(session, idempotencyKey)
        if (known) {
          if (!isFor(known, refund)) throw new IdempotencyMismatch(idempotencyKey)
          return { refundRef: known.refundRef }
        }
        // Refunds of one charge are serialised by its row lock; the rest is computed by a later statement, which sees earlier refunds.
        await session.query({
          text: 'SELECT FROM agora.simulated_charges WHERE provider_ref = $1 FOR UPDATE',
          values: [providerRef],
        })
        const [charge] = await session.query<{ left: number; currency: string }>({
          text: leftSql,
          values: [providerRef],
        })
        if (!charge) throw new RefundRefused(`${providerRef} is no paid charge`)
        if (
          charge.currency !== amount.currency ||
          charge.left < amount.amount ||
          amount.amount <= 0
        )
          throw new RefundRefused(
            `${providerRef} has ${charge.left} ${charge.currency} left to refund, in minor units`,
          )
        const refundRef = `sim_${derivedUuid('refund', idempotencyKey)}`
        await session.query({
          text: `INSERT INTO agora.simulated_refunds (key, provider_ref, amount, currency, refund_ref)
            VALUES ($1, $2, $3, $4, $5)`,
          values: [idempotencyKey, providerRef, amount.amount, amount.currency, refundRef],
        })
        return { refundRef }
      }),

    /** Returns the refunds, oldest first. */
    refunds: () =>
      database.query<LedgerRefund>(
        `SELECT ${columns} FROM agora.simulated_refunds ORDER BY refunded_at, key`,
      ),
  }
}
