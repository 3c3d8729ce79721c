import { redisKeys } from './redis-keys.ts'
import { emailIdOf } from '../domains/identity/language.ts'
import { inRedis } from '../platform/security/erasure/redis.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import type { JobStores } from '../platform/messaging/queue/job-stores.ts'
import { openRedis } from '../platform/engines/redis/connection.ts'

/** Timeout of a Redis command in the background, in ms. */
const commandTimeoutMs = 5_000

/**
 * Erases a person's data in Redis: under the keys of this Agora, and under those of earlier versions as long as jobs may
 * wait there. Keys of other Agoras are not touched.
 * @param url of Redis
 * @param options.room key prefix of this Agora
 * @param options.roomBefore key prefix of older versions, derived from the secret
 * @param options.stores the stores in which jobs of this Agora may wait
 */
export const forgettingInRedis = (
  url: string,
  {
    room,
    roomBefore,
    stores,
  }: {
    readonly room: string
    readonly roomBefore: string
    readonly stores: Pick<JobStores, 'known'>
  },
) =>
  inRedis(() => openRedis(url, { timeoutMs: commandTimeoutMs }), {
    // Sign-in attempts are counted under an id derived from the address.
    standsFor: (address) => [emailIdOf(address)],
    prefixes: async () => {
      const places = (await stores.known()).filter(({ named }) => named === withoutPassword(url))
      const rooms = new Set([room, ...places.map((place) => place.room ?? roomBefore)])
      return [...rooms].flatMap((one) => Object.values(redisKeys(one)))
    },
  })
