import { randomUUID } from 'node:crypto'
import { coalesce } from '../coalesce.ts'
import type { Database } from '../postgres/database.ts'
import { createBells } from './bell.ts'
import type { ParkedJob, Queue, QueueCounts, QueueWorker } from './port.ts'
import { postgresJobStore } from './postgres-store.ts'
import { keepDone, prepared, type PreparedJob } from './prepared.ts'
import { longestPause, startWorker } from './worker.ts'

/** Where processes tell each other that there is work: the sender's id, then the queue. */
const channel = 'agora_jobs'

/**
 * Sorted by the caller, so that processes which add the same jobs do not wait for each other in a circle. Within a
 * batch, the order of adding is kept by microseconds.
 */
const addSql = `
  INSERT INTO agora.jobs (queue, id, data, due_at)
  SELECT queue, id, data, CASE
    WHEN run_at IS NULL THEN now() - (cardinality($2::text[]) - place) * interval '1 microsecond'
    ELSE to_timestamp(run_at / 1000) END
  FROM unnest($1::text[], $2::text[], $3::json[], $4::float8[], $5::int[]) AS new (queue, id, data, run_at, place)
  ON CONFLICT DO NOTHING`

const parkedSql = `
  SELECT queue, id, data, coalesce(error, '') AS error, attempt AS attempts, ended_at AS "failedAt"
  FROM agora.jobs WHERE state = 'parked' ORDER BY ended_at DESC LIMIT $1`

const retrySql = `
  UPDATE agora.jobs SET state = 'open', attempt = 0, due_at = now(), ended_at = NULL, error = NULL
  WHERE queue = $1 AND id = $2 AND state = 'parked' RETURNING id`

const countsSql = `
  SELECT count(*) FILTER (WHERE state = 'open' AND due_at <= now())::int AS waiting,
    count(*) FILTER (WHERE state = 'open' AND due_at > now() AND holder IS NULL)::int AS delayed,
    count(*) FILTER (WHERE state = 'open' AND due_at > now() AND holder IS NOT NULL)::int AS active,
    count(*) FILTER (WHERE state = 'parked')::int AS parked
  FROM agora.jobs WHERE queue = $1 AND state IN ('open', 'parked')`

const purgeSql = `
  WITH gone AS (
    DELETE FROM agora.jobs WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM agora.jobs WHERE state = 'done' AND ended_at < now() - $1 * interval '1 millisecond'
      ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING 1)
  SELECT count(*)::int AS gone FROM gone`

/** So many rows a statement when forgetting, so that none holds its locks for long. */
const purgeBatch = 5_000

/** So many jobs a statement when adding. */
const addBatch = 2_000

type Added = { readonly queue: string; readonly jobs: readonly PreparedJob[] }

/** A queue in PostgreSQL, and what only this adapter can do. */
export type PostgresQueue = Queue & {
  /** Forgets the ids of jobs that were done long enough ago; happens by itself once a minute while a worker runs. */
  readonly purge: () => Promise<void>
}

/**
 * A durable queue of plain rows, taken and settled in batches; made for many small jobs. Its table comes with the
 * migrations. The database stays the caller's: it is not closed with the queue.
 * @param options.lease how long a worker may keep a job without a sign of life, ms; default 10,000
 * @param options.keep how long the ids of done jobs are remembered, ms; default an hour
 * @param options.onError told of every failure that the queue recovers from
 */
export const postgresQueue = (
  database: Database,
  {
    lease = 10_000,
    keep = keepDone,
    onError = () => undefined,
  }: {
    readonly lease?: number
    readonly keep?: number
    readonly onError?: (error: unknown) => void
  } = {},
): PostgresQueue => {
  const self = randomUUID()
  const store = postgresJobStore(database, lease)
  const bells = createBells()
  const workers = new Set<QueueWorker>()
  let told: Promise<void> = Promise.resolve()
  let listening: Promise<{ readonly close: () => Promise<void> }> | undefined
  let purging: NodeJS.Timeout | undefined

  const insert = async (added: readonly Added[]): Promise<void> => {
    const rows = added
      .flatMap(({ queue, jobs }) => jobs.map((job) => ({ queue, ...job })))
      .map((row, place) => ({ ...row, place }))
      .toSorted((a, b) => (a.queue === b.queue ? order(a.id, b.id) : order(a.queue, b.queue)))
    await database.query({
      text: addSql,
      values: [
        rows.map(({ queue }) => queue),
        rows.map(({ id }) => id),
        rows.map(({ json }) => json),
        rows.map(({ runAt }) => runAt),
        rows.map(({ place }) => place),
      ],
    })
  }

  const add = coalesce<Added, void>(
    async (added) => {
      await insert(added)
      return added.map(() => undefined)
    },
    { lanes: 2 },
  )

  /** Rings in the other processes. Not part of adding: a NOTIFY makes commits queue up behind each other. */
  const tell = coalesce<string, void>(
    async (queues) => {
      await database.query({
        text: `SELECT pg_notify('${channel}', $1 || queue) FROM unnest($2::text[]) AS queue`,
        values: [self, [...new Set(queues)]],
      })
      return queues.map(() => undefined)
    },
    { most: 10_000 },
  )

  const ring = (queue: string): void => {
    bells.ring(queue)
    // A bell that is lost costs a pause: workers look by themselves every now and then.
    told = tell(queue).catch(onError)
  }

  const listen = async (): Promise<void> => {
    listening ??= database.listen(channel, (payload) => {
      if (payload === '') bells.ring()
      else if (!payload.startsWith(self)) bells.ring(payload.slice(self.length))
    })
    try {
      await listening
    } catch (error) {
      listening = undefined
      throw error
    }
  }

  const purge = async (): Promise<void> => {
    for (let gone = purgeBatch; gone === purgeBatch;) {
      const rows = await database.query<{ gone: number }>({
        text: purgeSql,
        values: [keep, purgeBatch],
      })
      gone = rows[0]?.gone ?? 0
    }
  }

  return {
    add: async (queue, jobs) => {
      const ready = prepared(queue, jobs)
      for (let from = 0; from < ready.length; from += addBatch)
        await add({ queue, jobs: ready.slice(from, from + addBatch) })
      // Who looks by himself in time need not be woken.
      const soon = Date.now() + longestPause
      if (ready.some(({ runAt }) => runAt === null || runAt <= soon)) ring(queue)
    },

    work: async (queue, handler, options = {}) => {
      await listen()
      purging ??= setInterval(() => void purge().catch(onError), 60_000).unref()
      const worker = startWorker(store, bells, queue, handler, options, onError)
      workers.add(worker)
      return worker
    },

    parked: (limit = 100) => database.query<ParkedJob>({ text: parkedSql, values: [limit] }),

    retry: async (queue, id) => {
      const rows = await database.query({ text: retrySql, values: [queue, id] })
      if (rows.length > 0) ring(queue)
      return rows.length > 0
    },

    counts: async (queue) => {
      const [counts] = await database.query<QueueCounts>({ text: countsSql, values: [queue] })
      return counts ?? { waiting: 0, delayed: 0, active: 0, parked: 0 }
    },

    purge,

    close: async () => {
      clearInterval(purging)
      await Promise.all([...workers].map(({ stop }) => stop()))
      await told
      await listening?.then(({ close }) => close()).catch(onError)
    },
  }
}

/** Code unit order; any order will do that is the same in every process. */
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
