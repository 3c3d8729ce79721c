import type { Database } from '../../engines/postgres/database.ts'
import { notReconciled, type Reconciliation, type Reconciliations } from './port.ts'

/** JSON has no integers beyond 2^53. */
type Stored = Omit<Reconciliation, 'position'> & { readonly position: string }

/** Reconciliations in PostgreSQL (`infra/postgres/161-reconciliations.sql`). */
export const postgresReconciliations = (database: Pick<Database, 'query'>): Reconciliations => ({
  load: async (provider) => {
    const [row] = await database.query<{ state: Stored }>({
      text: 'SELECT state FROM agora.reconciliations WHERE provider = $1',
      values: [provider],
    })
    return row ? { ...row.state, position: BigInt(row.state.position) } : notReconciled
  },
  save: async (provider, { position, ...rest }) => {
    const state: Stored = { ...rest, position: String(position) }
    await database.query({
      text: `INSERT INTO agora.reconciliations (provider, state) VALUES ($1, $2)
        ON CONFLICT (provider) DO UPDATE SET state = excluded.state, checked_at = now()`,
      values: [provider, JSON.stringify(state)],
    })
  },
})
