import { Pool } from 'undici'
import type { Reachable } from '../../platform/messaging/registry/port.ts'
import { breaker, type Breaker, type BreakerOptions, type BreakerState } from './breaker.ts'

/** An instance that requests are forwarded to, with its connections and its breaker. */
export type Upstream = {
  readonly instance: Reachable
  readonly pool: Pick<Pool, 'dispatch' | 'close'>
  readonly breaker: Breaker
  /** Number of requests that it has not answered yet. */
  pending: number
  /** Number of answers of which it has sent the headers. */
  answered: number
}

/** The state of an instance's circuit breaker, for operators. */
export type BreakerStatus = {
  readonly instance: string
  readonly url: string
  readonly state: BreakerState
  /** Number of requests that the instance has not answered yet. */
  readonly pending: number
}

/** The connection pools and breakers of all instances. */
export type Upstreams = {
  /** Replaces the set of instances; the pools of removed ones close once their requests are answered. */
  readonly set: (instances: readonly Reachable[]) => void
  readonly of: (instances: readonly Reachable[]) => readonly Upstream[]
  readonly breakers: () => readonly BreakerStatus[]
  readonly close: () => Promise<void>
}

/** Timeouts for the headers of an instance's answer, in ms. */
export type ResponseTimeouts = {
  /** For a GET or HEAD that another instance could still serve. */
  readonly read: number
  readonly other: number
  /** A request whose client disconnects after this time counts as a failure, if the instance answered no other meanwhile. */
  readonly aborted: number
}

/**
 * A read may wait 5 s for its position: 5.5 s allow for that, and leave a second instance time before the client gives
 * up. The timeout of all other requests exceeds the time after which an instance aborts them itself.
 */
export const defaultTimeouts: ResponseTimeouts = { read: 5_500, other: 12_000, aborted: 6_000 }

/** The other timeouts of a connection pool, in ms. */
const poolTimeouts = {
  connect: { timeout: 1_000 },
  bodyTimeout: 30_000,
  // Shorter than the servers' own keep-alive, so that no request is sent on a connection that the server is closing.
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 4_000,
}

/** Maximum number of connections to an instance; further requests wait for a free one. */
const maxConnections = 256

/**
 * Manages a connection pool and a circuit breaker for each instance.
 * @param options.changed called with every new state of a breaker
 */
export const upstreams = ({
  changed,
  ...breaking
}: BreakerOptions & {
  readonly changed: (instance: Reachable, state: BreakerState) => void
}): Upstreams => {
  const byId = new Map<string, Upstream>()
  /** Upstreams by list of instances; a list is the same object until the resolver reports a change. */
  let upstreamsOf = new WeakMap<readonly Reachable[], readonly Upstream[]>()
  const closing = new Set<Promise<void>>()

  const open = (instance: Reachable): Upstream => ({
    instance,
    pool: new Pool(instance.url, { ...poolTimeouts, connections: maxConnections, pipelining: 1 }),
    breaker: breaker({ ...breaking, changed: (state) => changed(instance, state) }),
    pending: 0,
    answered: 0,
  })

  const close = ({ pool }: Upstream): void => {
    const closed = pool.close().finally(() => closing.delete(closed))
    closing.add(closed)
  }

  return {
    set: (instances) => {
      upstreamsOf = new WeakMap()
      const urls = new Map(instances.map(({ id, url }) => [id, url]))
      for (const [id, upstream] of byId)
        if (urls.get(id) !== upstream.instance.url) {
          byId.delete(id)
          close(upstream)
        }
      for (const instance of instances)
        if (!byId.has(instance.id)) byId.set(instance.id, open(instance))
    },
    of: (instances) => {
      const known = upstreamsOf.get(instances)
      if (known) return known
      const all = instances.flatMap(({ id }) => byId.get(id) ?? [])
      upstreamsOf.set(instances, all)
      return all
    },
    breakers: () =>
      [...byId.values()].map(({ instance: { id, url }, breaker: { state }, pending }) => ({
        instance: id,
        url,
        state: state(),
        pending,
      })),
    close: async () => {
      byId.forEach(close)
      byId.clear()
      await Promise.all(closing)
    },
  }
}
