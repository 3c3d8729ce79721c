import { backOff } from '../../back-off.ts'
import { redisClient, type RedisClient } from '../../engines/redis/client.ts'
import type { RedisConnection } from '../../engines/redis/connection.ts'
import { withoutCommand } from '../../engines/redis/without-command.ts'
import { throughStore } from './outbox.ts'
import type { ProcessBus, ProcessBusOptions } from './port.ts'

/** The approximate number of messages stored for processes that are disconnected. */
const maxLength = 10_000

/** Messages that are read at a time. */
const page = 500

/** Time that Redis waits for the next message before it returns none, in ms. */
const block = 2_000

/** Backoff between attempts to read, in ms. */
const pauses = { first: 50, most: 1_000 }

const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ReplyError'

/** The first refused command of a transaction that Redis discarded. */
const reasonOf = (error: Error): Error => {
  const earlier =
    'previousErrors' in error && Array.isArray(error.previousErrors) ? error.previousErrors : []
  return earlier.find(isRefusal) ?? error
}

/** The position from which a reader receives only new messages. */
const endOf = async (redis: RedisClient, key: string): Promise<string> => {
  const [last] = await redis.xrevrange(key, '+', '-', 'COUNT', 1)
  return last?.[0] ?? '0-0'
}

/**
 * The id after which a stream has the messages of the last `ms`, by the clock of Redis.
 */
const idBefore = async (redis: RedisClient, ms: number): Promise<string> => {
  const [seconds, microseconds] = await redis.time()
  const now = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
  return `${Math.max(0, now - Math.ceil(ms))}-0`
}

/**
 * Process bus of all processes on one Redis, by a stream: a process that was disconnected reads the messages that it missed. A
 * Redis that is unavailable at first is used once it is available.
 * @param url of the Redis; a dedicated connection reads there
 * @param connection sends the messages
 * @param options.key of the stream, default `agora:told`
 */
export const redisProcessBus = (
  url: string,
  { run }: Pick<RedisConnection, 'run'>,
  { key = 'agora:told', ...options }: ProcessBusOptions & { readonly key?: string } = {},
): Promise<ProcessBus> =>
  throughStore(async (deliver) => {
    const { onError: report = () => undefined } = options
    const onError = (error: unknown): void => report(withoutCommand(error))
    const stop = new AbortController()
    const { signal } = stop
    const reader = redisClient(url, {
      lazyConnect: true,
      connectTimeout: 1_000,
      // A Redis that hangs does not even return the empty answer after `block`.
      commandTimeout: block + 2_000,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      connectionName: 'agora-told',
    })
    // Errors are reported by the commands that fail; without a listener, the client would print them.
    reader.on('error', () => undefined)

    const connect = async (): Promise<void> => {
      if (reader.status !== 'ready') await reader.connect()
    }
    const opened = performance.now()
    let last: string | undefined
    const read = async (): Promise<void> => {
      await connect()
      // Without a position, Redis was unavailable at first: everything since the bus was opened is read.
      last ??= await idBefore(reader, performance.now() - opened)
      const found = await reader.xread('COUNT', page, 'BLOCK', block, 'STREAMS', key, last)
      for (const [id, fields] of found?.[0]?.[1] ?? []) {
        last = id
        if (!signal.aborted) deliver(fields[1] ?? '')
      }
    }
    const follow = async (): Promise<void> => {
      const backingOff = backOff(pauses)
      let isAway = false
      while (!signal.aborted)
        try {
          await read()
          backingOff.reset()
          isAway = false
        } catch (error) {
          if (signal.aborted) return
          if (!isAway) onError(error)
          isAway = true
          reader.disconnect()
          await backingOff.wait(signal)
        }
    }
    // An opened bus delivers every message that is sent from then on, so the position is read before it is returned.
    await connect()
      .then(async () => (last = await endOf(reader, key)))
      .catch(onError)
    const following = follow()

    return {
      put: async (lines) => {
        const refused = await run(async (redis) => {
          // In a transaction: if one message were refused and a later one accepted, receivers would skip the first as a repetition.
          const all = redis.multi()
          for (const line of lines) all.xadd(key, 'MAXLEN', '~', maxLength, '*', 'm', line)
          try {
            return (await all.exec())?.find(([error]) => error)?.[0]
          } catch (error) {
            // A refused command is no outage of Redis.
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
