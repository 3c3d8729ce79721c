import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { Unavailable } from '../../unavailable.ts'
import { redisClient, type RedisClient } from './client.ts'
import { withoutCommand } from './without-command.ts'

/** A connection to Redis for components that can work without it for a while. */
export type RedisConnection = {
  /**
   * Runs commands. While Redis is unavailable they fail at once; only commands that were running when it failed wait for the
   * timeout.
   * @throws Unavailable when Redis does not answer in time; the commands may have been executed all the same
   */
  readonly run: <T>(work: (redis: RedisClient) => Promise<T>) => Promise<T>
  /** Whether Redis answered last time. */
  readonly isUp: () => boolean
  readonly client: OutboundClient
  readonly close: () => Promise<void>
}

const policy = policies.redis

const unreachable = 'Redis cannot be reached'

/** Longest backoff between two attempts to connect, in ms. */
const longestPause = 1_000

/** Time without received data after which a connection is closed, in ms. */
const silence = 5_000

/**
 * Connects to Redis. After a failed command the connection counts as lost until Redis answers a probe: a Redis that hangs
 * delays the running commands by `timeoutMs` once, and later ones not at all.
 * @param url `redis://user:password@host:port/db`, the path of a socket, or several nodes of a cluster (see `nodesIn`)
 * @param options.timeoutMs timeout of a command, in ms; default 100
 * @param options.probe interval of the probes of a lost Redis, in ms; default 500
 * @param options.onChange called when Redis is lost and when it is back
 * @returns the connection, also while Redis is unavailable
 */
export const openRedis = async (
  url: string,
  {
    timeoutMs = policy.answerMs,
    probe = policy.restMs,
    onChange = () => undefined,
  }: {
    readonly timeoutMs?: number
    readonly probe?: number
    readonly onChange?: (up: boolean, error?: unknown) => void
  } = {},
): Promise<RedisConnection> => {
  const redis = redisClient(url, {
    lazyConnect: true,
    connectTimeout: policy.connectMs,
    commandTimeout: timeoutMs,
    socketTimeout: silence,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), longestPause),
    connectionName: 'agora',
  })
  // Errors are reported by the commands that fail; without a listener, the client would print them.
  redis.on('error', () => undefined)

  let up = false
  let failed = 0
  let rejected = 0
  let closed = false
  let probing: NodeJS.Timeout | undefined

  const changed = (now: boolean, error?: unknown): void => {
    if (closed || up === now) return
    up = now
    onChange(now, error)
  }
  const ping = async (): Promise<void> => {
    try {
      await redis.ping()
      changed(true)
    } catch {
      probeLater()
    }
  }
  const probeLater = (): void => {
    clearTimeout(probing)
    if (!closed) probing = setTimeout(() => void ping(), probe).unref()
  }
  const lost = (error: unknown): void => {
    changed(false, error)
    probeLater()
  }

  redis.on('ready', () => void ping())
  redis.on('close', () => lost(new Unavailable(unreachable)))
  try {
    await redis.connect()
    await redis.ping()
    changed(true)
  } catch (error) {
    onChange(false, withoutCommand(error))
    probeLater()
  }

  return {
    run: async (work) => {
      if (!up) {
        rejected += 1
        throw new Unavailable(unreachable)
      }
      try {
        return await work(redis)
      } catch (error) {
        failed += 1
        lost(withoutCommand(error))
        throw new Unavailable(unreachable, { cause: error })
      }
    },
    isUp: () => up,
    client: {
      name: 'redis',
      policy,
      status: () => ({ state: up ? 'closed' : 'open', failed, rejected }),
    },
    close: async () => {
      closed = true
      clearTimeout(probing)
      redis.disconnect()
    },
  }
}
