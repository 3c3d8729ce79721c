import { Pool } from 'undici'
import type { Reachable } from '../../platform/messaging/registry/port.ts'
import { breaker, type Breaker, type Breaking, type BreakerState } from './breaker.ts'

/** An instance that requests are passed on to. */
export type Upstream = {
  readonly instance: Reachable
  readonly pool: Pick<Pool, 'dispatch' | 'close'>
  readonly breaker: Breaker
  /** How many requests it is at just now. */
  pending: number
  /** How many answers of it have begun. */
  answered: number
}

/** How a circuit breaker is, for people. */
export type BreakerStatus = {
  readonly instance: string
  readonly url: string
  readonly state: BreakerState
  /** Requests that wait for its answer. */
  readonly pending: number
}

/** The ways to all instances. */
export type Upstreams = {
  /** From now on there are these; the ways to all others are closed once their requests are answered. */
  readonly set: (instances: readonly Reachable[]) => void
  readonly of: (instances: readonly Reachable[]) => readonly Upstream[]
  readonly breakers: () => readonly BreakerStatus[]
  readonly close: () => Promise<void>
}

/** How long is waited for an instance to begin its answer, in ms. */
export type Patience = {
  /** Where another one is there to be asked. */
  readonly read: number
  readonly other: number
  /** After which a request whose client goes away counts as a failure of an instance that answers nobody. */
  readonly aborted: number
}

/**
 * A read may wait 5 s for its position; what is over then leaves a second instance time enough before nobody waits any
 * more. Anything else is waited for longer than an instance takes to give it up by itself.
 */
export const usualPatience: Patience = { read: 5_500, other: 12_000, aborted: 6_000 }

/** How long is waited for all else, in ms. */
const timeouts = {
  connect: { timeout: 1_000 },
  bodyTimeout: 30_000,
  // Shorter than servers keep connections: a request never meets one that is just being closed.
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 4_000,
}

/** So many connections to an instance at the most; further requests wait for one. */
const connections = 256

/**
 * Keeps a pool of connections and a circuit breaker for each instance.
 * @param options.changed told of every new state of a breaker
 */
export const upstreams = ({
  changed,
  ...breaking
}: Breaking & {
  readonly changed: (instance: Reachable, state: BreakerState) => void
}): Upstreams => {
  const held = new Map<string, Upstream>()
  /** What was found for a list of instances, which is the same one until others are known. */
  let found = new WeakMap<readonly Reachable[], readonly Upstream[]>()
  const closing = new Set<Promise<void>>()

  const open = (instance: Reachable): Upstream => ({
    instance,
    pool: new Pool(instance.url, { ...timeouts, connections, pipelining: 1 }),
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
      found = new WeakMap()
      const urls = new Map(instances.map(({ id, url }) => [id, url]))
      for (const [id, upstream] of held)
        if (urls.get(id) !== upstream.instance.url) {
          held.delete(id)
          close(upstream)
        }
      for (const instance of instances)
        if (!held.has(instance.id)) held.set(instance.id, open(instance))
    },
    of: (instances) => {
      const known = found.get(instances)
      if (known) return known
      const all = instances.flatMap(({ id }) => held.get(id) ?? [])
      found.set(instances, all)
      return all
    },
    breakers: () =>
      [...held.values()].map(({ instance: { id, url }, breaker: { state }, pending }) => ({
        instance: id,
        url,
        state: state(),
        pending,
      })),
    close: async () => {
      held.forEach(close)
      held.clear()
      await Promise.all(closing)
    },
  }
}
