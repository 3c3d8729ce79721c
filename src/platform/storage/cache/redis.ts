import type { RedisConnection } from '../../engines/redis/connection.ts'
import type { Cache } from './port.ts'

/**
 * Cache in Redis, shared by all processes. Each entry is one key, so that a cluster can distribute them. While Redis is full or
 * unavailable, no entry is found.
 * @param options.prefix before every key; unique for each Agora on one Redis
 */
export const redisCache = (
  { run }: Pick<RedisConnection, 'run'>,
  { prefix }: { readonly prefix: string },
): Cache => {
  const orNothing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
    try {
      return await answer
    } catch {
      return undefined
    }
  }
  return {
    get: async (key, isGood = () => true) => {
      const name = prefix + key
      // In a pipeline, whose refused commands do not reject: a refusal is no outage.
      const answers = await orNothing(
        run((redis) => redis.pipeline().getBuffer(name).pttl(name).exec()),
      )
      const [value, leftMs] = (answers ?? []).map(([, answer]) => answer)
      if (!Buffer.isBuffer(value) || typeof leftMs !== 'number' || leftMs <= 0) return undefined
      // Copied: a slice of the received buffer would keep the whole buffer in memory.
      const entry = { value: Buffer.from(value), leftMs }
      return isGood(entry) ? entry : undefined
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
