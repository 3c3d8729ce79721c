import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import { asyncCommit } from '../../engines/postgres/async-commit.ts'
import type { TakenAttempt } from './attempt.ts'
import { finishedJobs } from './finished.ts'
import type { PreparedJob } from './validate-jobs.ts'
import type { JobStore, Settlement, Taken } from './store.ts'

/*
 * None of these statements is prepared by name: a plan that was made when the table was small, with a scan of the whole
 * table, would be used while the table grows. Planning each time costs 0.1 ms a batch. A job with a holder is open; a second
 * condition on the state would tempt the planner to scan all open jobs instead of using the primary key.
 */

/**
 * Records jobs as done, from the first three parameters (`FinishedColumns`). Also a part of statements that are sent
 * for another purpose.
 */
const doneSql = `
  UPDATE agora.jobs AS job SET state = 'done', ended_at = now(), holder = NULL, data = NULL, error = NULL
  FROM unnest($1::text[], $2::uuid[], $3::text[]) AS finished (queue, holder, id)
  WHERE job.queue = finished.queue AND job.id = finished.id AND job.holder = finished.holder`

/**
 * The same as a statement of its own. Its commit does not wait for the disk: if a crash of PostgreSQL loses it, the job is run
 * again, as when its process dies before the statement is sent.
 */
const onlyDoneSql = `${doneSql} RETURNING ${asyncCommit}`

/**
 * Takes jobs of several queues, each named once. The rows are addressed by their physical place (`ctid`): whatever the
 * planner's statistics say, this is a lookup. The count of `done` makes PostgreSQL record finished jobs first: a job whose lease
 * has expired is not taken again by the very statement that records its end, and the take locks no row before. The last part
 * returns the time until the next job of each queue is due, so that an idle worker need not poll earlier.
 */
const takeSql = `
  WITH done AS (${doneSql} RETURNING 1), taken AS (
    UPDATE agora.jobs
    SET holder = ($5::uuid[])[array_position($4::text[], queue)], attempt = attempt + 1,
      due_at = now() + $7 * interval '1 millisecond'
    WHERE ctid = ANY (ARRAY(
      SELECT due.ctid FROM unnest($4::text[], $6::int[]) AS want (queue, most), LATERAL (
        SELECT ctid FROM agora.jobs
        WHERE queue = want.queue AND state = 'open' AND due_at <= now()
          AND (SELECT count(*) FROM done) >= 0
        ORDER BY due_at LIMIT want.most
        FOR UPDATE SKIP LOCKED) AS due))
    RETURNING queue, id, data, attempt, error)
  SELECT want.queue, id, data, attempt, error, (
    SELECT ceil(extract(epoch FROM due_at - now()) * 1000)::float8 FROM agora.jobs
    WHERE queue = want.queue AND state = 'open' AND due_at > now()
    ORDER BY due_at LIMIT 1) AS next_in
  FROM unnest($4::text[]) AS want (queue) LEFT JOIN taken ON taken.queue = want.queue`

/**
 * Adds jobs; those with a holder as taken by it. The caller sorts them, so that processes which add the same jobs lock them in
 * one order and do not deadlock. Within a batch, the order of adding is stored as microseconds of `due_at`.
 * @returns the jobs that were added with a holder
 */
const insertSql = `
  WITH done AS (${doneSql}), added AS (
    INSERT INTO agora.jobs (queue, id, data, due_at, holder, attempt)
    SELECT queue, id, data, CASE
      WHEN holder IS NOT NULL THEN now() + $10 * interval '1 millisecond'
      WHEN run_at IS NULL THEN now() - (cardinality($4::text[]) - place) * interval '1 microsecond'
      ELSE to_timestamp(run_at / 1000) END, holder, CASE WHEN holder IS NULL THEN 0 ELSE 1 END
    FROM unnest($4::text[], $5::text[], $6::json[], $7::float8[], $8::int[], $9::uuid[])
      AS new (queue, id, data, run_at, place, holder)
    ON CONFLICT DO NOTHING
    RETURNING queue, id, holder)
  SELECT queue, id FROM added WHERE holder IS NOT NULL`

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

/** A job to be added. */
export type NewJob = PreparedJob & {
  readonly queue: string
  /** The worker that takes it at once, or null. */
  readonly holder: string | null
}

type Want = { readonly queue: string; readonly holder: string; readonly most: number }

/** Jobs as rows of a table. */
export type PostgresJobStore = JobStore & {
  /** Adds jobs, in one statement. @returns the jobs that were added as taken */
  readonly insert: (
    jobs: readonly NewJob[],
  ) => Promise<readonly { readonly queue: string; readonly id: string }[]>
  readonly flush: () => void
}

/** Time that a finished job waits to be recorded along with another statement, in ms. */
const recordWithin = 200

/**
 * Jobs as rows of `agora.jobs`.
 * @param lease time without a renewal after which a worker loses a job, in ms
 */
export const postgresJobStore = (database: Database, lease: number): PostgresJobStore => {
  const finished = finishedJobs(
    (columns) => database.query({ text: onlyDoneSql, values: [...columns] }),
    recordWithin,
  )

  /** Takes jobs of several queues, each named once. */
  const takeFrom = async (wants: readonly Want[]): Promise<ReadonlyMap<string, Taken>> => {
    const rows = await finished.along((columns) =>
      database.query<{
        queue: string
        id: string | null
        data: unknown
        attempt: number
        error: string | null
        next_in: number | null
      }>({
        text: takeSql,
        values: [
          ...columns,
          wants.map(({ queue }) => queue),
          wants.map(({ holder }) => holder),
          wants.map(({ most }) => most),
          lease,
        ],
      }),
    )
    const byQueue = Map.groupBy(rows, ({ queue }) => queue)
    return new Map(
      [...byQueue].map(([queue, found]) => {
        const attempts = found.flatMap(({ id, data, attempt, error }): TakenAttempt[] =>
          id === null ? [] : [{ id, data, attempt, lastError: error ?? undefined }],
        )
        return [queue, { attempts, nextIn: found[0]?.next_in ?? undefined }]
      }),
    )
  }

  const take = coalesce<Want, Taken>(
    async (wants) => {
      const answers = new Map<Want, Taken>()
      for (let left = wants; left.length > 0;) {
        const first = new Map(left.toReversed().map((want) => [want.queue, want]))
        const taken = await takeFrom([...first.values()])
        for (const [queue, want] of first)
          answers.set(want, taken.get(queue) ?? { attempts: [], nextIn: undefined })
        left = left.filter((want) => first.get(want.queue) !== want)
      }
      return wants.map((want) => answers.get(want)!)
    },
    { lanes: 2 },
  )

  return {
    lease,
    flush: finished.flush,
    take: (queue, holder, most) => take({ queue, holder, most }),

    insert: (jobs) => {
      const rows = jobs
        .map((job, place) => ({ ...job, place }))
        .toSorted((a, b) => (a.queue === b.queue ? order(a.id, b.id) : order(a.queue, b.queue)))
      return finished.along((columns) =>
        database.query({
          text: insertSql,
          values: [
            ...columns,
            rows.map(({ queue }) => queue),
            rows.map(({ id }) => id),
            rows.map(({ json }) => json),
            rows.map(({ runAt }) => runAt),
            rows.map(({ place }) => place),
            rows.map(({ holder }) => holder),
            lease,
          ],
        }),
      )
    },

    settle: async (queue, holder, settlements) => {
      const failed = settlements.filter(isFailed)
      const done = settlements.filter((settlement) => !isFailed(settlement)).map(({ id }) => id)
      const recorded = done.length > 0 ? finished.record(queue, holder, done) : undefined
      if (failed.length > 0) {
        finished.flush()
        await Promise.all([
          recorded,
          database.query({
            text: failedSql,
            values: [
              queue,
              holder,
              failed.map(({ id }) => id),
              failed.map(({ error }) => error),
              failed.map((settlement) =>
                settlement.outcome === 'retry' ? settlement.pause : null,
              ),
              failed.map(
                (settlement) => settlement.outcome === 'retry' && settlement.uncounted === true,
              ),
            ],
          }),
        ])
      }
      await recorded
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
  }
}

/** Compares by code units; any order is suitable that is the same in every process. */
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
