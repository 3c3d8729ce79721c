import {
  MongoBulkWriteError,
  MongoClient,
  MongoCompatibilityError,
  MongoError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  ReadPreference,
  type ClientSession,
  type Db,
} from 'mongodb'
import { createAvailability } from '../../availability.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { Unavailable } from '../../unavailable.ts'
import { isMonitorStuck } from './stuck-monitor.ts'

/** Options of a read that any member of a replica set may answer. */
export type NearbyRead = {
  readonly session: ClientSession
  readonly readPreference: ReadPreference
  readonly readConcern: { readonly level: 'majority' }
}

/** A connection to a database of MongoDB. */
export type MongoConnection = {
  /**
   * Runs operations.
   * @param options.limitMs time limit, in ms; default: that of the connection
   * @throws Unavailable when MongoDB fails or does not answer in time; the operations may have been executed all the same.
   *   While it is away, one call a second tries; the others throw at once.
   *   Other errors of `work` pass through
   */
  readonly run: <T>(
    work: (db: Db) => Promise<T>,
    options?: { readonly limitMs?: number },
  ) => Promise<T>
  /**
   * Runs reads that the nearest member of a replica set answers, each with at least what the ones before have seen, whichever
   * members these were (causal consistency). Left out where all is read from the primary.
   * @returns undefined where the server has no sessions, as one without a replica set may
   * @throws Unavailable as `run`
   */
  readonly runNearby?: <T>(
    work: (db: Db, options: NearbyRead) => Promise<T>,
    options?: { readonly limitMs?: number },
  ) => Promise<T | undefined>
  /** @throws Unavailable when MongoDB does not answer */
  readonly ping: () => Promise<void>
  /** Whether the last operation was answered. */
  readonly isUp: () => boolean
  readonly client: OutboundClient
  readonly close: () => Promise<void>
}

const policy = policies.mongodb

/** Database of a URL that names none. */
const defaultDatabase = 'agora'

/** Members that lag so many seconds or more are not read; MongoDB takes no smaller number. */
const mostStale = 90

/** Time in which an operation must find a server, in ms. */
const selectionMs = 2_000

/** Code of a failed authentication: nothing can be done until the URL is corrected. */
const authenticationFailed = 18

/** Whether MongoDB has answered with an error: it refuses this operation, such as a write on a full disk, and takes others. */
const isAnswer = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code !== authenticationFailed

/** Whether the driver has no connection, and makes none by itself. */
const isDisconnected = (error: unknown): boolean =>
  error instanceof MongoTopologyClosedError || error instanceof MongoNotConnectedError

/** An error of writing documents without its message, which may quote them: personal data would get into the log. */
const withoutDocuments = (error: MongoError): MongoError => {
  if (!(error instanceof MongoBulkWriteError)) return error
  const [first] = [error.writeErrors].flat()
  if (!first) return error
  return new MongoServerError({
    code: first.code,
    message: `a document was not written (code ${first.code})`,
  })
}

/** Database that a URL names. A URL of several servers is none for `URL`, which moreover puts the password in its error. */
const databaseOf = (url: string): string => {
  const [, name = ''] = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]*)/.exec(url) ?? []
  return decodeURIComponent(name) || defaultDatabase
}

/**
 * Connects to MongoDB at the first operation.
 * @param url `mongodb://user:password@host:port,host:port/database?replicaSet=name`
 * @param options.timeoutMs limit of each `run`, in ms; default 10,000
 * @param options.connectMs limit of connecting, and of a heartbeat, in ms; default 5,000
 * @param options.isReadNearby whether `runNearby` is there
 * @param options.onChange called when MongoDB stops answering, and when it answers again
 * @param options.now clock in ms, for tests
 * @throws MongoError without the password when the URL is invalid
 */
export const openMongo = (
  url: string,
  {
    timeoutMs = policy.answerMs,
    connectMs = policy.connectMs,
    isReadNearby = false,
    onChange,
    now,
  }: {
    readonly timeoutMs?: number
    readonly connectMs?: number
    readonly isReadNearby?: boolean
    readonly onChange?: (isUp: boolean, error?: unknown) => void
    readonly now?: () => number
  } = {},
): MongoConnection => {
  const client = new MongoClient(url, {
    appName: 'agora',
    // Heartbeats that take longer close connections in use: a busy server is no dead one.
    connectTimeoutMS: connectMs,
    serverSelectionTimeoutMS: selectionMs,
    socketTimeoutMS: timeoutMs,
    maxPoolSize: 10,
    // Batches are idempotent and repeated by their caller, who learns of the failure.
    retryWrites: false,
    // Whatever the URL says: a secondary may lag behind the position that an answer claims. `runNearby` is for others.
    readPreference: 'primary',
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', wtimeoutMS: timeoutMs },
  })
  const db = client.db(databaseOf(url))
  const availability = createAvailability('MongoDB', { policy, onChange, now })

  // A look at a server connects, and then shakes hands.
  const silentMs = 2 * connectMs + selectionMs
  let isClosed = false
  /**
   * Runs operations; the driver does not connect again by itself after its first attempt has failed, or once it has stopped
   * looking for servers.
   */
  const connected = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    try {
      return await work(db)
    } catch (error) {
      if (isClosed) throw error
      if (error instanceof MongoServerSelectionError) {
        if (isMonitorStuck(error, { silentMs, now: performance.now() })) await client.close()
        throw error
      }
      if (!isDisconnected(error)) throw error
      await client.connect()
      return work(db)
    }
  }

  const within = async <T>(work: (db: Db) => Promise<T>, limitMs: number): Promise<T> => {
    const limit = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => limit.reject(new Unavailable(`MongoDB has not answered within ${limitMs} ms`)),
      limitMs,
    )
    try {
      return await Promise.race([connected(work), limit.promise])
    } catch (error) {
      throw error instanceof MongoError
        ? new Unavailable('MongoDB cannot be reached or has failed', {
            cause: withoutDocuments(error),
          })
        : error
    } finally {
      clearTimeout(timer)
    }
  }

  const run: MongoConnection['run'] = (work, { limitMs = timeoutMs } = {}) =>
    availability.attempt(() => within(work, limitMs), isAnswer)

  /** Whether the server has sessions, as far as is known. */
  let hasSessions = true
  const nearest = new ReadPreference('nearest', undefined, { maxStalenessSeconds: mostStale })
  const runNearby: MongoConnection['runNearby'] = (work, options) =>
    hasSessions
      ? run(async (db) => {
          const session = client.startSession({ causalConsistency: true })
          try {
            return await work(db, {
              session,
              readPreference: nearest,
              // Not that of the client: the driver writes the time of the session into it, for all reads of the client.
              readConcern: { level: 'majority' },
            })
          } catch (error) {
            if (!(error instanceof MongoCompatibilityError)) throw error
            hasSessions = false
            return undefined
          } finally {
            await session.endSession().catch(() => undefined)
          }
        }, options)
      : Promise.resolve(undefined)

  return {
    run,
    ...(isReadNearby && { runNearby }),
    ping: () => run(async (db) => void (await db.command({ ping: 1 }))),
    isUp: availability.isUp,
    client: { name: 'mongodb', policy, status: availability.status },
    close: () => {
      isClosed = true
      return client.close()
    },
  }
}
