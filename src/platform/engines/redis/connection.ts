import { Redis } from 'ioredis'
import { Unavailable } from '../../unavailable.ts'
import { withoutCommand } from './without-command.ts'

/** A way to Redis for what can do without it for a while. */
export type RedisConnection = {
  /**
   * Runs commands. While Redis is away nobody waits for it: only who was under way when it went does, a moment.
   * @throws Unavailable when Redis does not answer, or not in time; the commands may have been done all the same
   */
  readonly run: <T>(work: (redis: Redis) => Promise<T>) => Promise<T>
  /** Whether it was there the last time that somebody looked. */
  readonly isUp: () => boolean
  readonly close: () => Promise<void>
}

const away = 'Redis cannot be reached'

/** The longest pause between two attempts to connect, ms. */
const longestPause = 1_000

/** A connection on which nothing has come back for so long is given up, ms. */
const silence = 5_000

/**
 * Connects to Redis. Where a command fails, the connection counts as lost until Redis answers again, which is looked at
 * beside the requests: a Redis that hangs costs those under way `patience` once, and nobody after them anything.
 * @param url `redis://user:password@host:port/db`, or the path of a socket
 * @param options.patience how long a command may take, ms; default 100
 * @param options.probe how often to look whether a lost Redis answers again, ms; default 500
 * @param options.onChange told when Redis goes and when it is back
 * @returns also when Redis is away
 */
export const openRedis = async (
  url: string,
  {
    patience = 100,
    probe = 500,
    onChange = () => undefined,
  }: {
    readonly patience?: number
    readonly probe?: number
    readonly onChange?: (up: boolean, error?: unknown) => void
  } = {},
): Promise<RedisConnection> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 1_000,
    commandTimeout: patience,
    socketTimeout: silence,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), longestPause),
    connectionName: 'agora',
  })
  // What is wrong is told by the commands that fail of it; without a listener, it would be printed.
  redis.on('error', () => undefined)

  let up = false
  let closed = false
  let probing: NodeJS.Timeout | undefined

  const changed = (now: boolean, error?: unknown): void => {
    if (closed || up === now) return
    up = now
    onChange(now, error)
  }
  const look = async (): Promise<void> => {
    try {
      await redis.ping()
      changed(true)
    } catch {
      again()
    }
  }
  const again = (): void => {
    clearTimeout(probing)
    if (!closed) probing = setTimeout(() => void look(), probe).unref()
  }
  const lost = (error: unknown): void => {
    changed(false, error)
    again()
  }

  redis.on('ready', () => void look())
  redis.on('close', () => lost(new Unavailable(away)))
  try {
    await redis.connect()
    await redis.ping()
    changed(true)
  } catch (error) {
    onChange(false, withoutCommand(error))
    again()
  }

  return {
    run: async (work) => {
      if (!up) throw new Unavailable(away)
      try {
        return await work(redis)
      } catch (error) {
        lost(withoutCommand(error))
        throw new Unavailable(away, { cause: error })
      }
    },
    isUp: () => up,
    close: async () => {
      closed = true
      clearTimeout(probing)
      redis.disconnect()
    },
  }
}
