import { createAvailability, type Availability } from '../availability.ts'
import { boundedCache } from '../bounded-cache.ts'
import type { OutboundStatus, Policy } from './port.ts'

/** Most endpoints whose breakers are remembered. */
const most = 100

/** Breakers of servers that users name, one for each endpoint. */
export type EndpointBreakers = {
  /** Calls an endpoint. @throws Unavailable at once while its breaker is open */
  readonly attempt: <T>(endpoint: string, call: () => Promise<T>) => Promise<T>
  /** Sums of all endpoints; open while more than half of them are away. */
  readonly status: () => OutboundStatus
}

/**
 * Breakers of servers that users name, one for each endpoint, so that one that does not answer does not stop calls to others.
 * @param name of the kind of servers, for messages
 */
export const endpointBreakers = (
  name: string,
  policy: Pick<Policy, 'failures' | 'restMs'>,
): EndpointBreakers => {
  const endpoints = boundedCache<string, Availability>(most)
  const of = (endpoint: string): Availability => {
    const known = endpoints.get(endpoint)
    if (known) return known
    const made = createAvailability(name, { policy })
    endpoints.set(endpoint, made)
    return made
  }
  return {
    attempt: (endpoint, call) => of(endpoint).attempt(call),
    status: () => {
      const all = [...endpoints.values()].map((one) => one.status())
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
