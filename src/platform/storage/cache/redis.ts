import type { RedisConnection } from '../../engines/redis/connection.ts'
import type { Cache } from './port.ts'

/**
 * What all processes keep together, each key in one place, so that a cluster can spread them. Redis may be full or gone:
 * then nothing is found.
 * @param options.prefix before every key; who shares a Redis with others has one of their own
 */
export const redisCache = (
  { run }: Pick<RedisConnection, 'run'>,
  { prefix }: { readonly prefix: string },
): Cache => {
  const orNothing = async <T>(asked: Promise<T>): Promise<T | undefined> => {
    try {
      return await asked
    } catch {
      return undefined
    }
  }
  return {
    get: async (key, isGood = () => true) => {
      const name = prefix + key
      // In a pipeline, so that what Redis refuses is no outage.
      const answers = await orNothing(
        run((redis) => redis.pipeline().getBuffer(name).pttl(name).exec()),
      )
      const [value, leftMs] = (answers ?? []).map(([, answer]) => answer)
      if (!Buffer.isBuffer(value) || typeof leftMs !== 'number' || leftMs <= 0) return undefined
      // A piece of what came over the wire would keep all that came with it.
      const kept = { value: Buffer.from(value), leftMs }
      return isGood(kept) ? kept : undefined
    },
    set: async (key, value, ttlMs) => {
      const name = prefix + key
      const ms = Math.ceil(ttlMs)
      await orNothing(
        run((redis) =>
          ms > 0
            ? redis.pipeline().set(name, value, 'PX', ms).exec()
            : redis.pipeline().del(name).exec(),
        ),
      )
    },
  }
}
