import type { Database } from '../../engines/postgres/database.ts'
import type { LedgerEntry, LedgerPage, PaymentProvider } from './port.ts'

/** A time with the precision of PostgreSQL, in µs, so that a page ends exactly where the next one begins. */
const utc = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** Query of one table of the ledger: entries since `$1`, after the entry (`$2`, `$3`, `$4`), at most `$5`. */
const entriesSql = (kind: LedgerEntry['kind'], table: string, at: string, refundRef = 'NULL') => `
  (SELECT '${kind}' AS kind, key, provider_ref, ${refundRef} AS refund_ref, amount, currency, ${at} AS at
   FROM agora.simulated_${table}
   WHERE ${at} >= $1::timestamptz
     AND ($2::timestamptz IS NULL OR (${at}, '${kind}', key) > ($2, $3 COLLATE "C", $4 COLLATE "C"))
   ORDER BY ${at}, key LIMIT $5)`

const pageSql = `
  SELECT kind, key, provider_ref AS "providerRef", refund_ref AS "refundRef", amount::float8 AS amount,
    currency, ${utc('at')} AS at
  FROM (${[
    entriesSql('charge', 'charges', 'charged_at'),
    entriesSql('refund', 'refunds', 'refunded_at', 'refund_ref'),
    entriesSql('authorisation', 'authorisations', 'authorised_at'),
    entriesSql('release', 'authorisations', 'released_at'),
  ].join(' UNION ALL ')}) AS entry
  ORDER BY entry.at, kind COLLATE "C", key COLLATE "C" LIMIT $5`

type Row = Omit<LedgerEntry, 'amount' | 'refundRef'> & {
  readonly refundRef: string | null
  readonly amount: number
  readonly currency: string
}

/** Reads the charges, refunds, authorisations and releases of the simulator as one ledger. */
export const ledgerPages =
  (database: Pick<Database, 'query'>): PaymentProvider['ledger'] =>
  async ({ since, after, limit = 500 }): Promise<LedgerPage> => {
    const [at = null, kind = '', ...key] = after?.split(' ') ?? []
    const rows = await database.query<Row>({
      text: pageSql,
      values: [since, at, kind, key.join(' '), limit],
    })
    const last = rows.at(-1)
    return {
      entries: rows.map(({ refundRef, amount, currency, ...row }) => ({
        ...row,
        ...(refundRef !== null && { refundRef }),
        amount: { amount, currency },
      })),
      ...(last && rows.length === limit && { next: `${last.at} ${last.kind} ${last.key}` }),
    }
  }
