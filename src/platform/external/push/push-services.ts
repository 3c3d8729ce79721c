import { createAvailability, type Availability } from '../../availability.ts'
import { boundedCache } from '../../bounded-cache.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundStatus } from '../../outbound/port.ts'

/** Most push services whose breakers are remembered; makers of browsers have a handful. */
const most = 100

/**
 * Breakers of push services, one for each origin: users name them, so that one that does not answer must not stop the
 * messages to others.
 */
export const pushServices = (): {
  /** Calls a service. @throws Unavailable at once while its breaker is open */
  readonly attempt: (origin: string, call: () => Promise<void>) => Promise<void>
  /** Sums of all services; open while more than half of them are away. */
  readonly status: () => OutboundStatus
} => {
  const services = boundedCache<string, Availability>(most)
  const of = (origin: string): Availability => {
    const known = services.get(origin)
    if (known) return known
    const service = createAvailability('The push service', { policy: policies.push })
    services.set(origin, service)
    return service
  }
  return {
    attempt: (origin, call) => of(origin).attempt(call),
    status: () => {
      const all = [...services.values()].map((service) => service.status())
      const sum = (count: 'failed' | 'rejected') =>
        all.reduce((total, status) => total + status[count], 0)
      const away = all.filter(({ state }) => state !== 'closed').length
      return {
        state: away > all.length / 2 ? 'open' : 'closed',
        failed: sum('failed'),
        rejected: sum('rejected'),
      }
    },
  }
}
