import { Redis } from 'ioredis'
import { setTimeout as pause } from 'node:timers/promises'
import type { RedisConnection } from '../../engines/redis/connection.ts'
import { withoutCommand } from '../../engines/redis/without-command.ts'
import { throughStore } from './outbox.ts'
import type { Between, BetweenOptions } from './port.ts'

/** The approximate number of messages stored for processes that are disconnected. */
const kept = 10_000

/** So many are read at a time. */
const page = 500

/** How long Redis waits for the next one before it says that there is none, ms. */
const block = 2_000

/** The pauses between attempts to read, ms. */
const pauses = { first: 50, most: 1_000 }

const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ReplyError'

/** What was refused first, of a transaction that was given up. */
const reasonOf = (error: Error): Error => {
  const earlier =
    'previousErrors' in error && Array.isArray(error.previousErrors) ? error.previousErrors : []
  return earlier.find(isRefusal) ?? error
}

/** The position from which a reader receives only new messages. */
const endOf = async (redis: Redis, key: string): Promise<string> => {
  const [last] = await redis.xrevrange(key, '+', '-', 'COUNT', 1)
  return last?.[0] ?? '0-0'
}

/**
 * The id behind which a stream has what was added within a time, by the clock of Redis.
 * @param ms until now
 */
const idBefore = async (redis: Redis, ms: number): Promise<string> => {
  const [seconds, microseconds] = await redis.time()
  const now = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
  return `${Math.max(0, now - Math.ceil(ms))}-0`
}

/**
 * Connects all processes on one Redis, by a stream: whose connection was lost reads what came meanwhile. A Redis that
 * is away at first is taken up when it comes.
 * @param url of the Redis; a connection of its own waits there
 * @param connection by which messages are put
 * @param options.key of the stream, default `agora:told`
 */
export const redisBetween = (
  url: string,
  { run }: Pick<RedisConnection, 'run'>,
  { key = 'agora:told', ...options }: BetweenOptions & { readonly key?: string } = {},
): Promise<Between> =>
  throughStore(async (taken) => {
    const { onError: told = () => undefined } = options
    const onError = (error: unknown): void => told(withoutCommand(error))
    const stop = new AbortController()
    const { signal } = stop
    const reader = new Redis(url, {
      lazyConnect: true,
      connectTimeout: 1_000,
      // A Redis that hangs says nothing at all, not even that there is nothing.
      commandTimeout: block + 2_000,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: null,
      connectionName: 'agora-told',
    })
    // What is wrong is told by the commands that fail of it; without a listener, it would be printed.
    reader.on('error', () => undefined)

    const connect = async (): Promise<void> => {
      if (reader.status !== 'ready') await reader.connect()
    }
    const opened = performance.now()
    let last: string | undefined
    const look = async (): Promise<void> => {
      await connect()
      // Redis was away at first.
      last ??= await idBefore(reader, performance.now() - opened)
      const found = await reader.xread('COUNT', page, 'BLOCK', block, 'STREAMS', key, last)
      for (const [id, fields] of found?.[0]?.[1] ?? []) {
        last = id
        if (!signal.aborted) taken(fields[1] ?? '')
      }
    }
    const follow = async (): Promise<void> => {
      let wait = pauses.first
      while (!signal.aborted)
        try {
          await look()
          wait = pauses.first
        } catch (error) {
          if (signal.aborted) return
          if (wait === pauses.first) onError(error)
          reader.disconnect()
          await pause(wait, undefined, { signal }).catch(() => undefined)
          wait = Math.min(wait * 2, pauses.most)
        }
    }
    // Who is told that this is open hears all that is told from then on.
    await connect()
      .then(async () => (last = await endOf(reader, key)))
      .catch(onError)
    const following = follow()

    return {
      put: async (lines) => {
        const refused = await run(async (redis) => {
          // All or none: where one is refused and a later one taken, the first would come too late to be heard.
          const all = redis.multi()
          for (const line of lines) all.xadd(key, 'MAXLEN', '~', kept, '*', 'm', line)
          try {
            return (await all.exec())?.find(([error]) => error)?.[0]
          } catch (error) {
            // A Redis that refuses is no outage.
            if (isRefusal(error)) return reasonOf(error)
            throw error
          }
        })
        if (refused) throw withoutCommand(refused)
      },
      close: async () => {
        stop.abort()
        reader.disconnect()
        await following
      },
    }
  }, options)
