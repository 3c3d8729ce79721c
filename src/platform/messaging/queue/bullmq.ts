import { DelayedError, UnrecoverableError, type BulkJobOptions, type Job as BullJob } from 'bullmq'
import { coalesce } from '../../coalesce.ts'
import { withoutCommand } from '../../engines/redis/without-command.ts'
import { Unavailable } from '../../unavailable.ts'
import { attemptsAt, pauseBefore } from './attempt.ts'
import { bullBackend, type BullData, type OpenQueue } from './bullmq-backends.ts'
import type { Queue, QueueWorker } from './port.ts'
import { errorText, keepDone, prepared, withoutNul } from './validate-jobs.ts'

/** Encodes a name or id: BullMQ allows neither colons nor numbers. */
const encoded = (name: string): string => `j${encodeURIComponent(name.toWellFormed())}`
const decoded = (name: string): string => decodeURIComponent(name.slice(1))

/** BullMQ's limit of attempts, which is never reached; the worker applies its own limit. */
const unlimited = 1_000_000

const jobOptions = {
  attempts: unlimited,
  backoff: { type: 'custom' },
  removeOnComplete: { age: keepDone / 1_000 },
  removeOnFail: false,
} as const

type BulkJob = { name: 'job'; data: BullData; opts: BulkJobOptions }

/** Limit of jobs that are added in one round trip. */
const addBatch = 1_000

/** Runs `work`, and translates errors to `Unavailable`: after validation, BullMQ throws only when its store cannot be reached. */
const translatingOutages = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw new Unavailable('The job queue cannot be reached', { cause: withoutCommand(error) })
  }
}

/**
 * A durable queue of BullMQ, in PostgreSQL or in Redis, for jobs with effects on the outside world: operators can watch it with
 * BullMQ's tools. Delayed jobs that become due while no worker runs are run in any order among themselves. A Redis must write
 * every change to its disk and evict nothing (`appendfsync always`, `maxmemory-policy noeviction`).
 * @param url `postgres://user:password@host:port/database` or `redis://user:password@host:port/database`
 * @param options.schema schema of BullMQ's tables, or prefix of its keys; default `bullmq`
 * @param options.queues queues whose parked jobs are listed, besides those that this process uses
 * @param options.lease time without a renewal after which a worker loses a job, in ms; default 10,000
 * @param options.onError called with every failure that the queue recovers from
 * @param options.beforeFirstAdd called once the store was reached, before the first job is added; when it fails, no job is
 *   added, and the next `add` calls it again
 * @throws Unavailable when PostgreSQL cannot be reached; an unavailable Redis is reported by the methods that use it
 */
export const bullmqQueue = async (
  url: string,
  {
    schema = 'bullmq',
    queues = [],
    lease = 10_000,
    onError = () => undefined,
    beforeFirstAdd = async () => undefined,
  }: {
    readonly schema?: string
    readonly queues?: readonly string[]
    readonly lease?: number
    readonly onError?: (error: unknown) => void
    readonly beforeFirstAdd?: () => Promise<void>
  } = {},
): Promise<Queue> => {
  const backend = await translatingOutages(() => bullBackend(url, schema, onError))
  const workers = new Set<QueueWorker>()

  const opened = new Map<string, Promise<OpenQueue>>()

  /** The queue of a name, connected. One that could not connect is discarded, as it would never become ready. */
  const named = async (name: string) => {
    const ready = async () => {
      const queue = backend.queue(encoded(name))
      try {
        await queue.ready()
        return queue
      } catch (error) {
        opened.delete(name)
        await queue.close().catch(onError)
        throw error
      }
    }
    const queue = opened.get(name) ?? ready()
    opened.set(name, queue)
    return queue
  }

  let announced: Promise<void> | undefined
  const announce = (): Promise<void> =>
    (announced ??= beforeFirstAdd().catch((error: unknown) => {
      announced = undefined
      throw error
    }))

  const adders = new Map<string, (job: BulkJob) => Promise<void>>()
  const adder = (name: string) =>
    coalesce<BulkJob, void>(
      (jobs) =>
        translatingOutages(async () => {
          const queue = await named(name)
          await announce()
          await queue.addBulk([...jobs])
          return jobs.map(() => undefined)
        }),
      { most: addBatch },
    )

  return {
    add: async (name, jobs) => {
      const ready = prepared(name, jobs)
      const now = Date.now()
      const bulk = ready.map(({ id, json, runAt }): BulkJob => ({
        name: 'job',
        data: { json },
        opts: { ...jobOptions, jobId: encoded(id), delay: Math.max(0, (runAt ?? now) - now) },
      }))
      const addTo = adders.get(name) ?? adder(name)
      adders.set(name, addTo)
      await Promise.all(bulk.map(addTo))
    },

    work: async (name, handler, options = {}) => {
      const { concurrency = 16, attempts = 5, backoff = 200 } = options
      await translatingOutages(() => named(name))
      const attempted = attemptsAt(name, handler, options, onError)
      const run = async (job: BullJob<BullData>, token?: string): Promise<null> => {
        const { givenBack = 0 } = job.data
        const ended = await attempted({
          id: decoded(job.id ?? ''),
          data: JSON.parse(job.data.json) as unknown,
          attempt: job.attemptsStarted - givenBack,
          lastError: job.failedReason || undefined,
        })
        if (ended.outcome === 'done') return null
        if (ended.outcome === 'retry' && ended.uncounted) {
          await job.updateData({ ...job.data, givenBack: givenBack + 1 })
          await job.moveToDelayed(Date.now() + ended.pause, token)
          throw new DelayedError()
        }
        const { error } = ended
        // BullMQ stores message and stack in PostgreSQL, which rejects some characters.
        const failure =
          ended.outcome === 'parked'
            ? new UnrecoverableError(errorText(error))
            : new Error(errorText(error))
        if (error instanceof Error && error.stack) failure.stack = withoutNul(error.stack)
        throw failure
      }
      const worker = backend.worker(encoded(name), run, {
        concurrency,
        lockDuration: lease,
        stalledInterval: lease / 2,
        maxStalledCount: unlimited,
        runRetryDelay: 1_000,
        settings: { backoffStrategy: (failures) => pauseBefore(failures, attempts, backoff) },
      })
      await translatingOutages(worker.ready).catch(async (error: unknown) => {
        // A retry opens another worker.
        await worker.close().catch(onError)
        throw error
      })
      let stopOnce: Promise<void> | undefined
      const started = { stop: () => (stopOnce ??= worker.close()) }
      workers.add(started)
      return started
    },

    parked: async (limit = 100) => {
      const names = new Set([...queues, ...opened.keys()])
      const lists = await translatingOutages(() =>
        Promise.all(
          [...names].map(async (name) => {
            const jobs = await (await named(name)).getFailed(0, limit - 1)
            return jobs.map((job) => ({
              queue: name,
              id: decoded(job.id ?? ''),
              data: JSON.parse(job.data.json) as unknown,
              error: job.failedReason,
              attempts: job.attemptsStarted,
              failedAt: new Date(job.finishedOn ?? 0).toISOString(),
            }))
          }),
        ),
      )
      return lists
        .flat()
        .toSorted((a, b) => (a.failedAt < b.failedAt ? 1 : -1))
        .slice(0, limit)
    },

    parkedCounts: async () => {
      const names = new Set([...queues, ...opened.keys()])
      const counts = await translatingOutages(() =>
        Promise.all(
          [...names].map(async (queue) => {
            const { failed = 0 } = await (await named(queue)).getJobCounts('failed')
            return { queue, parked: failed }
          }),
        ),
      )
      return counts.filter(({ parked }) => parked > 0)
    },

    retry: (name, id) =>
      translatingOutages(async () => {
        const job = await (await named(name)).getJob(encoded(id))
        if (!job || !(await job.isFailed())) return false
        if (job.data.givenBack) await job.updateData({ json: job.data.json })
        await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
        return true
      }),

    counts: (name) =>
      translatingOutages(async () => {
        const counts = await (
          await named(name)
        ).getJobCounts('wait', 'prioritized', 'delayed', 'active', 'failed')
        const { wait = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts
        return { waiting: wait + prioritized, delayed, active, parked: failed }
      }),

    close: async () => {
      await Promise.all([...workers].map(({ stop }) => stop()))
      await Promise.all(
        [...opened.values()].map((queue) => queue.then((ready) => ready.close()).catch(onError)),
      )
    },
  }
}
