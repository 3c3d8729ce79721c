import type { RedisConnection } from '../../engines/redis/connection.ts'
import type { Counters } from './port.ts'

/** Increments a key and, with the first increment, begins its window. A key without an expiry gets one. */
const count = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`

/**
 * Counters in Redis, shared by all processes. Each is one key, so that a cluster can distribute them.
 * @param options.prefix before every key, default `agora:count:`
 */
export const redisCounters = (
  { run }: Pick<RedisConnection, 'run'>,
  { prefix = 'agora:count:' }: { readonly prefix?: string } = {},
): Counters => ({
  add: (key, windowMs) =>
    run(async (redis) => {
      // The reply of the script above.
      const [counted, left] = (await redis.eval(
        count,
        1,
        prefix + key,
        Math.max(1, Math.ceil(windowMs)),
      )) as [number, number]
      return { count: counted, resetMs: Math.max(1, left) }
    }),
  clear: (key) => run(async (redis) => void (await redis.del(prefix + key))),
})
