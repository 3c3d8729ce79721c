import { randomUUID } from 'node:crypto'
import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import { createBells } from './bell.ts'
import { lingering } from './lingering.ts'
import type { ParkedJob, Queue, QueueCounts, QueueWorker } from './port.ts'
import { postgresJobStore, type NewJob } from './postgres-store.ts'
import { keepDone, prepared, type PreparedJob } from './validate-jobs.ts'
import { longestPause, startWorker, type Offer, type OfferingWorker } from './worker.ts'

/** Channel of the notifications that a queue has jobs; the payload is the sender's id, then the queue. */
const channel = 'agora_jobs'

const parkedSql = `
  SELECT queue, id, data, coalesce(error, '') AS error, attempt AS attempts, ended_at AS "failedAt"
  FROM agora.jobs WHERE state = 'parked' ORDER BY ended_at DESC LIMIT $1`

const parkedCountsSql = `
  SELECT queue, count(*)::int AS parked FROM agora.jobs WHERE state = 'parked' GROUP BY queue`

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
  WITH removed AS (
    DELETE FROM agora.jobs WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM agora.jobs WHERE state = 'done' AND ended_at < now() - $1 * interval '1 millisecond'
      ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING 1)
  SELECT count(*)::int AS removed FROM removed`

/** Limit of rows that a statement purges, so that none holds its locks for long. */
const purgeBatch = 5_000

/** Limit of jobs that a statement adds. */
const addBatch = 2_000

type Added = { readonly queue: string; readonly jobs: readonly PreparedJob[] }

/** A queue in PostgreSQL, with a method of this adapter only. */
export type PostgresQueue = Queue & {
  /** Purges the ids of jobs that were done long ago; runs automatically once a minute while a worker runs. */
  readonly purge: () => Promise<void>
}

/**
 * A durable queue of plain rows, taken and settled in batches, for many small jobs. The migrations create its table. The caller
 * owns the database: it is not closed with the queue.
 * @param options.lease time without a renewal after which a worker loses a job, in ms; default 10,000
 * @param options.keep retention of the ids of done jobs, in ms; default an hour
 * @param options.onError called with every failure that the queue recovers from
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
  const bells = createBells(longestPause)
  const workers = new Set<QueueWorker>()
  /** The workers of each queue. */
  const working = new Map<string, Set<OfferingWorker>>()
  let notified: Promise<void> = Promise.resolve()
  let listening: Promise<{ readonly close: () => Promise<void> }> | undefined
  let purging: NodeJS.Timeout | undefined

  /**
   * Adds jobs; due ones are added as taken by workers of this process that have free places.
   * @returns for each item, whether it has jobs for which other workers have to be woken
   */
  const insert = async (added: readonly Added[]): Promise<readonly boolean[]> => {
    const due = new Map<string, number>()
    for (const { queue, jobs } of added)
      due.set(queue, (due.get(queue) ?? 0) + jobs.filter(isDue).length)
    const offers = [...due].flatMap(([queue, most]) => offersOf(queue, most))
    const free = offers.map(({ queue, offer }) => ({ queue, offer, left: offer.places }))
    const given = new Map<string, { readonly offer: Offer; readonly json: string }>()
    const left: boolean[] = []
    const rows: NewJob[] = []
    for (const { queue, jobs } of added) {
      let leaves = false
      for (const job of jobs) {
        const place =
          isDue(job) && !given.has(keyOf(queue, job.id))
            ? free.find((one) => one.queue === queue && one.left > 0)
            : undefined
        if (place) {
          place.left -= 1
          given.set(keyOf(queue, job.id), { offer: place.offer, json: job.json })
        } else leaves ||= isSoon(job)
        rows.push({ queue, ...job, holder: place?.offer.holder ?? null })
      }
      left.push(leaves)
    }
    let taken: readonly { readonly queue: string; readonly id: string }[] = []
    try {
      taken = await store.insert(rows)
      return left
    } finally {
      const attempts = Map.groupBy(
        taken.flatMap(({ queue, id }) => {
          const job = given.get(keyOf(queue, id))
          return job ? [{ id, ...job }] : []
        }),
        ({ offer }) => offer,
      )
      for (const { offer } of offers)
        offer
          .begin(
            (attempts.get(offer) ?? []).map(({ id, json }) => ({
              id,
              data: JSON.parse(json) as unknown,
              attempt: 1,
            })),
          )
          .catch(onError)
    }
  }

  const addNow = coalesce<Added, boolean>(insert, { lanes: 2 })
  const adding = lingering(addNow)

  /** Notifies the other processes. Not in the transaction that adds: a NOTIFY serialises commits. */
  const notify = coalesce<string, void>(
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
    // A lost notification delays jobs by one interval of polling.
    notified = notify(queue).catch(onError)
  }

  /** Reserves up to `most` free places of this process's workers on a queue. */
  const offersOf = (queue: string, most: number) => {
    const offers: { readonly queue: string; readonly offer: Offer }[] = []
    let left = most
    for (const worker of working.get(queue) ?? []) {
      const offer = left > 0 ? worker.offer(left) : undefined
      if (!offer) continue
      offers.push({ queue, offer })
      left -= offer.places
    }
    return offers
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
    for (let removed = purgeBatch; removed === purgeBatch;) {
      const rows = await database.query<{ removed: number }>({
        text: purgeSql,
        values: [keep, purgeBatch],
      })
      removed = rows[0]?.removed ?? 0
    }
  }

  return {
    add: async (queue, jobs, { linger = 0 } = {}) => {
      const ready = prepared(queue, jobs)
      let left = false
      for (let from = 0; from < ready.length; from += addBatch) {
        const some = { queue, jobs: ready.slice(from, from + addBatch) }
        if (await adding.add(some, linger)) left = true
      }
      if (left) ring(queue)
    },

    work: async (queue, handler, options = {}) => {
      await listen()
      purging ??= setInterval(() => void purge().catch(onError), 60_000).unref()
      const worker = startWorker(store, bells, queue, handler, options, onError)
      workers.add(worker)
      const ofQueue = (working.get(queue) ?? new Set()).add(worker)
      working.set(queue, ofQueue)
      return {
        stop: () => {
          ofQueue.delete(worker)
          return worker.stop()
        },
      }
    },

    parked: (limit = 100) => database.query<ParkedJob>({ text: parkedSql, values: [limit] }),

    parkedCounts: () =>
      database.query<{ queue: string; parked: number }>({ text: parkedCountsSql }),

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
      adding.flush()
      await Promise.all([...workers].map(({ stop }) => stop()))
      await notified
      await listening?.then(({ close }) => close()).catch(onError)
    },
  }
}

/** Whether a job may run at once. */
const isDue = ({ runAt }: PreparedJob): boolean => runAt === null

/** Whether workers have to be woken for a job: for those that are due later they poll in time. */
const isSoon = ({ runAt }: PreparedJob): boolean =>
  runAt === null || runAt <= Date.now() + longestPause

/** Key of a job of a queue. Neither name contains a NUL. */
const keyOf = (queue: string, id: string): string => `${queue}\0${id}`
