import type { RedisConnection } from '../../engines/redis/connection.ts'
import type { Counters } from './port.ts'

/** Counts and, with the first, begins a window. A key that lost its end, by whatever hand, gets a new one. */
const count = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`

/**
 * Counts of all processes together, each key in one place, so that a cluster can spread them.
 * @param options.prefix before every key, default `agora:count:`
 */
export const redisCounters = (
  { run }: Pick<RedisConnection, 'run'>,
  { prefix = 'agora:count:' }: { readonly prefix?: string } = {},
): Counters => ({
  add: (key, windowMs) =>
    run(async (redis) => {
      // What the script above returns.
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
