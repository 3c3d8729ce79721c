import type { Database } from '../../engines/postgres/database.ts'
import { notAudited, type AuditRequest, type Audits, type AuditState } from './port.ts'

/** JSON has no integers beyond 2^53: positions are texts in it, and these their names. */
const positions: ReadonlySet<string> = new Set(['position', 'head'])

const jsonOf = (state: AuditState): string =>
  JSON.stringify(state, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

const stateOf = (json: string): AuditState =>
  // Written by `jsonOf` alone.
  JSON.parse(json, (name, value: unknown) =>
    positions.has(name) && typeof value === 'string' ? BigInt(value) : value,
  ) as AuditState

type Row = {
  readonly name: string
  readonly request: AuditRequest | null
  readonly state: string | null
}

/** Audits in PostgreSQL (`infra/postgres/325-audits.sql`). */
export const postgresAudits = (database: Pick<Database, 'query'>): Audits => ({
  request: async (name, request) => {
    await database.query({
      text: `INSERT INTO agora.audits (name, request) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET request = excluded.request`,
      values: [name, JSON.stringify(request)],
    })
  },
  answered: async (name, { id }) => {
    await database.query({
      text: `UPDATE agora.audits SET request = NULL WHERE name = $1 AND request->>'id' = $2`,
      values: [name, id],
    })
  },
  save: async (name, state) => {
    await database.query({
      text: `INSERT INTO agora.audits (name, state) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET state = excluded.state`,
      values: [name, jsonOf(state)],
    })
  },
  list: async () => {
    const rows = await database.query<Row>(
      'SELECT name, request, state::text AS state FROM agora.audits ORDER BY name',
    )
    return rows.map(({ name, request, state }) => ({
      ...(state === null ? notAudited : stateOf(state)),
      name,
      ...(request && { request }),
    }))
  },
})
