import {
  createPostgresBackend,
  Queue as RedisQueue,
  runMigrations,
  withBackend,
  Worker as RedisWorker,
  type Processor,
  type WorkerOptions,
} from 'bullmq'
import pg from 'pg'
import { hungClientSettings } from '../../engines/postgres/database.ts'
import { redisClient, type RedisClient } from '../../engines/redis/client.ts'
import { withoutCommand } from '../../engines/redis/without-command.ts'

/** Data of a job in BullMQ, as JSON text: BullMQ stores null as `{}`, and jsonb cannot hold a NUL. */
export type BullData = {
  readonly json: string
  /** Number of times that the job was left to a newer version of Agora: attempts that do not count. */
  readonly givenBack?: number
}

/** The used part of a queue of BullMQ. */
export type OpenQueue = Pick<
  RedisQueue<BullData, null, 'job'>,
  'addBulk' | 'getFailed' | 'getJob' | 'getJobCounts'
> & {
  /** Resolves when the queue is connected. @throws when its store does not answer in time */
  readonly ready: () => Promise<unknown>
  readonly close: () => Promise<void>
}

/** The used part of a worker of BullMQ. */
export type OpenWorker = {
  readonly ready: () => Promise<unknown>
  readonly close: () => Promise<void>
}

/** A store of BullMQ: opens its queues and workers. */
export type BullBackend = {
  readonly queue: (name: string) => OpenQueue
  readonly worker: (
    name: string,
    run: Processor<BullData, null>,
    options: Omit<WorkerOptions, 'connection'>,
  ) => OpenWorker
}

/** Timeout of a connection, in ms. */
const connectTimeout = 5_000

const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend)

/** Migrates BullMQ's own tables; BullMQ serialises processes that start together. */
const migrateTo = async (connectionString: string, schema: string): Promise<void> => {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: connectTimeout,
    options: hungClientSettings(),
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await runMigrations(client, schema)
  } finally {
    await client.end().catch(() => undefined)
  }
}

const inPostgres = async (
  url: string,
  schema: string,
  onError: (error: unknown) => void,
): Promise<BullBackend> => {
  await migrateTo(url, schema)
  const connection = {
    connectionString: url,
    schema,
    max: 4,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    options: hungClientSettings(),
  }
  return {
    queue: (name) => {
      const queue = new PostgresQueue<BullData, null, 'job'>(name, { connection })
      // Without a listener, an error would end the process.
      queue.on('error', onError)
      return Object.assign(queue, { ready: () => queue.waitUntilReady() })
    },
    worker: (name, run, options) => {
      // BullMQ caches the first failure of a connection, and its loop would read it again without a pause, so that no timer
      // of the process would run any more: the loop begins once the connection is open.
      const worker = new PostgresWorker<BullData, null>(name, run, {
        ...options,
        connection,
        autorun: false,
      })
      worker.on('error', onError)
      return {
        ready: async () => {
          await worker.waitUntilReady()
          worker.run().catch(onError)
        },
        close: () => worker.close(),
      }
    },
  }
}

/** Rejects unless `work` ends within `ms`. */
const within = async (ms: number, work: Promise<unknown>): Promise<unknown> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('Redis does not answer')), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Interval at which a worker that closes is disconnected again, in ms. In a cluster, BullMQ may reconnect what it has just
 * disconnected, and would wait for its end without limit.
 */
const disconnectEvery = 1_000

const redisOptions = {
  connectTimeout,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  connectionName: 'agora-jobs',
}

const inRedis = (url: string, prefix: string, report: (error: unknown) => void): BullBackend => {
  const onError = (error: unknown): void => report(withoutCommand(error))
  const reporting = (redis: RedisClient): RedisClient => redis.on('error', onError)
  return {
    queue: (name) => {
      // Adding fails at once while Redis is unavailable; the caller retries.
      const connection = reporting(
        redisClient(url, {
          ...redisOptions,
          enableOfflineQueue: false,
          commandTimeout: connectTimeout,
          maxRetriesPerRequest: 0,
          autoResendUnfulfilledCommands: false,
        }),
      )
      const queue = new RedisQueue<BullData, null, 'job'>(name, { connection, prefix })
      queue.on('error', onError)
      const close = queue.close.bind(queue)
      return Object.assign(queue, {
        ready: () => within(connectTimeout, queue.waitUntilReady()),
        close: async () => {
          connection.disconnect()
          await close()
        },
      })
    },
    worker: (name, run, options) => {
      const connection = reporting(
        redisClient(url, { ...redisOptions, maxRetriesPerRequest: null }),
      )
      // BullMQ takes its next job over a duplicate.
      const duplicates: RedisClient[] = []
      const duplicate = connection.duplicate.bind(connection) as () => RedisClient
      Object.assign(connection, {
        duplicate: (...args: Parameters<typeof duplicate>) => {
          const made = duplicate(...args)
          duplicates.push(made)
          return made
        },
      })
      const worker = new RedisWorker<BullData, null>(name, run, { ...options, connection, prefix })
      worker.on('error', onError)
      return {
        ready: () => within(connectTimeout, worker.waitUntilReady()),
        close: async () => {
          const closing = worker.close()
          const again = setInterval(() => {
            for (const one of duplicates) one.disconnect()
          }, disconnectEvery)
          await closing.finally(() => clearInterval(again))
          connection.disconnect()
        },
      }
    },
  }
}

/**
 * Opens a store for BullMQ.
 * @param url `postgres://…` or `redis://…`
 * @param room schema of its tables in PostgreSQL, or prefix of its keys in Redis; in a cluster with a hash tag: `{…}`
 * @throws what the driver throws when PostgreSQL cannot be reached; Redis is connected at the first use
 */
export const bullBackend = async (
  url: string,
  room: string,
  onError: (error: unknown) => void,
): Promise<BullBackend> =>
  /^rediss?:/.test(url) ? inRedis(url, room, onError) : inPostgres(url, room, onError)
