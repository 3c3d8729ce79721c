import { redisKeys } from './redis-keys.ts'
import { emailIdOf } from '../domains/identity/language.ts'
import { inRedis } from '../platform/security/erasure/redis.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import type { JobStores } from '../platform/messaging/queue/job-stores.ts'
import { openRedis } from '../platform/engines/redis/connection.ts'

/** How long a command to Redis may take where nobody waits for the answer, in ms. */
const unhurried = 5_000

/**
 * Forgets somebody in Redis: under the keys of this Agora, and under those of before an upgrade as long as its jobs may
 * wait there. Keys of other Agoras are left alone.
 * @param url of Redis
 * @param options.room of this Agora
 * @param options.roomBefore as older versions derived it from the secret
 * @param options.stores where jobs of this Agora may wait
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
  inRedis(() => openRedis(url, { timeoutMs: unhurried }), {
    // Tries to sign in are counted under what stands for the address.
    standsFor: (address) => [emailIdOf(address)],
    prefixes: async () => {
      const places = (await stores.known()).filter(({ named }) => named === withoutPassword(url))
      const rooms = new Set([room, ...places.map((place) => place.room ?? roomBefore)])
      return [...rooms].flatMap((one) => Object.values(redisKeys(one)))
    },
  })
