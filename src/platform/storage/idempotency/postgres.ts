import { randomUUID } from 'node:crypto'
import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import {
  defaultDone,
  defaultRunning,
  type Claim,
  type Retention,
  type KeyedRequest,
  type Receipt,
  type Receipts,
} from './port.ts'

/**
 * Condition: the process of a claim `r` is dead, as it has no session. PostgreSQL shows the application names of all sessions to
 * every user, and ends the sessions of a killed process; those of a process that hangs remain. If not even the present session
 * is visible, no process counts as dead.
 */
const isDead = `r.process IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = r.process)
  AND EXISTS (SELECT FROM pg_stat_activity WHERE application_name = current_setting('application_name'))`

/**
 * Claims requests without a claim, or whose holder is dead or has not finished in time, and returns the state of the others. A
 * concurrent claim of another process is not visible yet: its row has no columns, and counts as running.
 */
const claiming = `
  WITH asked AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) AS a (scope, key, payload, holder)
  ), taken AS (
    INSERT INTO agora.receipts AS r (scope, key, payload, holder, process, expires_at, bound_until)
    SELECT scope, key, payload, holder, nullif(current_setting('application_name'), ''),
      now() + $5 * interval '1 ms', now() + $6 * interval '1 ms'
    FROM asked
    ON CONFLICT (scope, key) DO UPDATE
      SET payload = excluded.payload, holder = excluded.holder, process = excluded.process,
          expires_at = excluded.expires_at, bound_until = excluded.bound_until,
          status = NULL, headers = NULL, body = NULL
      -- CASE fixes the order of evaluation: sessions are only searched for claims that seem to be running.
      WHERE CASE
        WHEN GREATEST(r.expires_at, r.bound_until) <= now() THEN true
        WHEN r.status IS NOT NULL OR r.payload <> excluded.payload THEN false
        WHEN r.expires_at <= now() THEN true
        ELSE ${isDead}
      END
    RETURNING r.scope, r.key
  )
  SELECT a.scope, a.key, t.key IS NOT NULL AS taken, r.payload, r.status, r.headers, r.body
  FROM asked a LEFT JOIN taken t USING (scope, key) LEFT JOIN agora.receipts r USING (scope, key)`

type ClaimRow = {
  scope: string
  key: string
  taken: boolean
  payload: string | null
  status: number | null
  headers: Record<string, string> | null
  body: Buffer | null
}

const finishing = `
  UPDATE agora.receipts r
  SET status = d.status, headers = d.headers, body = d.body, expires_at = now() + $7 * interval '1 ms'
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::jsonb[], $6::bytea[])
    AS d (scope, key, holder, status, headers, body)
  WHERE r.scope = d.scope AND r.key = d.key AND r.holder = d.holder AND r.status IS NULL`

const releasing = `
  UPDATE agora.receipts r
  SET holder = gen_random_uuid(), expires_at = now(), bound_until = now() + $4 * interval '1 ms'
  FROM unnest($1::text[], $2::text[], $3::uuid[]) AS d (scope, key, holder)
  WHERE r.scope = d.scope AND r.key = d.key AND r.holder = d.holder AND r.status IS NULL`

/** Removes a limited number of expired receipts, so that the statement is short. */
const purging = `
  WITH old AS (
    SELECT scope, key FROM agora.receipts
    WHERE GREATEST(expires_at, bound_until) <= now() - $1 * interval '1 ms'
    LIMIT 10000 FOR UPDATE SKIP LOCKED
  ), dropped AS (
    DELETE FROM agora.receipts r USING old WHERE r.scope = old.scope AND r.key = old.key RETURNING 1
  )
  SELECT count(*) AS dropped FROM dropped`

/** Separates scope and key; neither contains it. */
const separator = '\u0000'
const nameOf = ({ scope, key }: { scope: string; key: string }) => `${scope}${separator}${key}`

/** Sorts requests, so that all processes lock rows in one order and do not deadlock. */
const inOrder = <T extends { request: KeyedRequest }>(items: readonly T[]) =>
  items.toSorted((a, b) => (nameOf(a.request) < nameOf(b.request) ? -1 : 1))

const claimOf = (row: ClaimRow | undefined, payloadHash: string, holder: string): Claim => {
  if (row?.taken) return { state: 'new', holder }
  if (!row || row.payload === null) return { state: 'running' }
  if (row.payload !== payloadHash) return { state: 'mismatch' }
  if (row.status === null || !row.body) return { state: 'running' }
  return { state: 'done', status: row.status, headers: row.headers ?? {}, body: row.body }
}

/**
 * Receipts in PostgreSQL. Concurrent calls share one statement.
 * @param database its sessions show that this process is alive
 */
export const postgresReceipts = (
  database: Database,
  { running = defaultRunning, done = defaultDone }: Retention = {},
): Receipts => {
  const claim = coalesce<KeyedRequest, Claim>(async (requests) => {
    // Of two requests with one key in a batch, the first makes the claim, and the other is answered as running.
    const first = new Map<string, { request: KeyedRequest; holder: string }>()
    for (const request of requests)
      if (!first.has(nameOf(request))) first.set(nameOf(request), { request, holder: randomUUID() })
    const claims = inOrder([...first.values()])
    const rows = await database.query<ClaimRow>({
      name: 'receipts-claim',
      text: claiming,
      values: [
        claims.map(({ request }) => request.scope),
        claims.map(({ request }) => request.key),
        claims.map(({ request }) => request.payloadHash),
        claims.map(({ holder }) => holder),
        running,
        done,
      ],
    })
    const found = new Map(rows.map((row) => [nameOf(row), row]))
    const answered = new Set<string>()
    return requests.map((request) => {
      const name = nameOf(request)
      const { request: claimed, holder } = first.get(name)!
      const row = found.get(name)
      if (!row?.taken || !answered.has(name)) {
        answered.add(name)
        return claimOf(row, request.payloadHash, holder)
      }
      return { state: claimed.payloadHash === request.payloadHash ? 'running' : 'mismatch' }
    })
  })

  type Finish = { request: KeyedRequest; holder: string; receipt: Receipt }
  const finish = coalesce<Finish, void>(async (batch) => {
    const items = inOrder(batch)
    await database.query({
      name: 'receipts-finish',
      isShort: true,
      text: finishing,
      values: [
        items.map(({ request }) => request.scope),
        items.map(({ request }) => request.key),
        items.map(({ holder }) => holder),
        items.map(({ receipt }) => receipt.status),
        items.map(({ receipt }) => JSON.stringify(receipt.headers)),
        items.map(({ receipt }) => receipt.body),
        done,
      ],
    })
    return batch.map(() => undefined)
  })

  const release = coalesce<Omit<Finish, 'receipt'>, void>(async (batch) => {
    const items = inOrder(batch)
    await database.query({
      name: 'receipts-release',
      isShort: true,
      text: releasing,
      values: [
        items.map(({ request }) => request.scope),
        items.map(({ request }) => request.key),
        items.map(({ holder }) => holder),
        done,
      ],
    })
    return batch.map(() => undefined)
  })

  return {
    claim,
    finish: (request, holder, receipt) => finish({ request, holder, receipt }),
    release: (request, holder) => release({ request, holder }),
    purge: async () => {
      const [row] = await database.query<{ dropped: bigint }>({ text: purging, values: [running] })
      return Number(row?.dropped ?? 0n)
    },
  }
}
