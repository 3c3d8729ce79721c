import type { Database } from '../postgres/database.ts'
import type { TakenAttempt } from './attempt.ts'
import type { JobStore, Settlement } from './store.ts'

/*
 * None of these statements is prepared by name: a plan that was made when the table was small would be kept while it
 * grows, and a scan of the whole table with it. Planning anew costs a tenth of a millisecond a batch. A job with a
 * holder is open; to say so again would tempt the planner to walk through all open jobs instead of the primary key.
 */

/**
 * The rows are addressed by where they lie (`ctid`): whatever the planner believes about the table, this is a lookup.
 * The second part tells how long it is until the next job is due, so that an idle worker need not ask again.
 */
const takeSql = `
  WITH taken AS (
    UPDATE agora.jobs
    SET holder = $2, attempt = attempt + 1, due_at = now() + $4 * interval '1 millisecond'
    WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM agora.jobs
      WHERE queue = $1 AND state = 'open' AND due_at <= now()
      ORDER BY due_at LIMIT $3
      FOR UPDATE SKIP LOCKED))
    RETURNING id, data, attempt, error)
  SELECT id, data, attempt, error, next_in
  FROM (SELECT (
    SELECT ceil(extract(epoch FROM due_at - now()) * 1000)::float8 FROM agora.jobs
    WHERE queue = $1 AND state = 'open' AND due_at > now()
    ORDER BY due_at LIMIT 1) AS next_in) AS later
  LEFT JOIN taken ON true`

const doneSql = `
  UPDATE agora.jobs SET state = 'done', ended_at = now(), holder = NULL, data = NULL, error = NULL
  WHERE queue = $1 AND holder = $2 AND id = ANY ($3::text[])`

const failedSql = `
  UPDATE agora.jobs AS job
  SET holder = NULL, error = failed.error,
    attempt = CASE WHEN failed.uncounted THEN attempt - 1 ELSE attempt END,
    state = CASE WHEN failed.pause IS NULL THEN 'parked' ELSE 'open' END,
    ended_at = CASE WHEN failed.pause IS NULL THEN now() END,
    due_at = now() + coalesce(failed.pause, 0) * interval '1 millisecond'
  FROM unnest($3::text[], $4::text[], $5::float8[], $6::boolean[]) AS failed (id, error, pause, uncounted)
  WHERE job.queue = $1 AND job.holder = $2 AND job.id = ANY ($3::text[]) AND job.id = failed.id`

const extendSql = `
  UPDATE agora.jobs SET due_at = now() + $4 * interval '1 millisecond'
  WHERE queue = $1 AND holder = $2 AND id = ANY ($3::text[])
  RETURNING id`

const releaseSql = `
  UPDATE agora.jobs SET holder = NULL, attempt = attempt - 1, due_at = now()
  WHERE queue = $1 AND holder = $2 AND id = ANY ($3::text[])`

type Failed = Exclude<Settlement, { readonly outcome: 'done' }>

const isFailed = (settlement: Settlement): settlement is Failed => settlement.outcome !== 'done'

/**
 * Jobs as rows of `agora.jobs`.
 * @param lease how long a worker may keep a job without a sign of life, ms
 */
export const postgresJobStore = (database: Database, lease: number): JobStore => ({
  lease,

  take: async (queue, holder, most) => {
    const rows = await database.query<{
      id: string | null
      data: unknown
      attempt: number
      error: string | null
      next_in: number | null
    }>({ text: takeSql, values: [queue, holder, most, lease] })
    const attempts = rows.flatMap(({ id, data, attempt, error }): TakenAttempt[] =>
      id === null ? [] : [{ id, data, attempt, lastError: error ?? undefined }],
    )
    return { attempts, nextIn: rows[0]?.next_in ?? undefined }
  },

  settle: async (queue, holder, settlements) => {
    const failed = settlements.filter(isFailed)
    const done = settlements.filter((settlement) => !isFailed(settlement)).map(({ id }) => id)
    if (done.length > 0) await database.query({ text: doneSql, values: [queue, holder, done] })
    if (failed.length > 0)
      await database.query({
        text: failedSql,
        values: [
          queue,
          holder,
          failed.map(({ id }) => id),
          failed.map(({ error }) => error),
          failed.map((settlement) => (settlement.outcome === 'again' ? settlement.pause : null)),
          failed.map(
            (settlement) => settlement.outcome === 'again' && settlement.uncounted === true,
          ),
        ],
      })
  },

  extend: async (queue, holder, ids) => {
    const rows = await database.query<{ id: string }>({
      text: extendSql,
      values: [queue, holder, ids, lease],
    })
    return rows.map(({ id }) => id)
  },

  release: async (queue, holder, ids) => {
    await database.query({ text: releaseSql, values: [queue, holder, ids] })
  },
})
