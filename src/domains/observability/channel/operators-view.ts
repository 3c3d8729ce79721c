import { setTimeout as pause } from 'node:timers/promises'
import type { Service } from '../../../platform/messaging/registry/port.ts'
import { followFeed } from '../../../runtime/follow-feed.ts'
import type { ChannelPorts, Connection } from '../../../serving/channel.ts'
import { isAlertEvent } from './alert-events.ts'
import type { client, server, ServiceInstance } from './messages.ts'

/** Intervals in which services and lags are read while somebody watches, and after a failure, in ms. */
export type ViewTimes = {
  readonly services: number
  readonly lags: number
  readonly failed: number
}

const defaultTimes: ViewTimes = { services: 2_000, lags: 5_000, failed: 10_000 }

/** A socket that watches. */
export type Watcher = Pick<Connection<typeof client, typeof server>, 'tell'>

const identityOf = ({ service, instance }: ServiceInstance): string => `${service} ${instance}`

/** The instances of services, one for each service. */
const instancesOf = (services: readonly Service[]): readonly ServiceInstance[] =>
  services.flatMap(({ name, instances }) =>
    instances.map(({ id, url }) => ({ service: name, instance: id, url })),
  )

/** Returns the instances that are new, and those that are gone. */
const changesOf = (
  before: readonly ServiceInstance[],
  now: readonly ServiceInstance[],
): { readonly up: readonly ServiceInstance[]; readonly down: readonly ServiceInstance[] } => {
  const [known, present] = [new Set(before.map(identityOf)), new Set(now.map(identityOf))]
  return {
    up: now.filter((one) => !known.has(identityOf(one))),
    down: before.filter((one) => !present.has(identityOf(one))),
  }
}

/** What the sockets of one process watch. */
export type OperatorsView = {
  /**
   * Adds a watcher, which receives what changes from now on.
   * @returns the instances of services as they were read last; later changes are sent
   */
  readonly add: (watcher: Watcher) => Promise<readonly ServiceInstance[]>
  readonly remove: (watcher: Watcher) => void
  /** Resolves once the signal has ended it. */
  readonly over: Promise<void>
}

/**
 * Tells watchers about alerts, services and lags. It reads for all of them together, and not at all while there is none.
 * @param signal ends it
 */
export const operatorsView = (
  { feed, registry, lags, logger }: Pick<ChannelPorts, 'feed' | 'registry' | 'lags' | 'logger'>,
  signal: AbortSignal,
  times: ViewTimes = defaultTimes,
): OperatorsView => {
  const watchers = new Set<Watcher>()
  const tellAll: Watcher['tell'] = (name, payload) => {
    for (const one of watchers) one.tell(name, payload)
  }
  let instances: readonly ServiceInstance[] = []
  let running: { readonly stop: AbortController; readonly first: Promise<void> } | undefined
  const loops = new Set<Promise<void>>()

  const readServices = async (): Promise<void> => {
    const now = instancesOf(await registry.services())
    const { up, down } = changesOf(instances, now)
    instances = now
    for (const one of down) tellAll('service:down', one)
    for (const one of up) tellAll('service:up', one)
  }
  const readLags = async (): Promise<void> => {
    const projections = await lags()
    tellAll('projection:lag', { projections: [...projections] })
  }

  /** Repeats a read until the signal. */
  const repeat = async (
    read: () => Promise<void>,
    every: number,
    until: AbortSignal,
  ): Promise<void> => {
    let wait = every
    while (!until.aborted) {
      await pause(wait, undefined, { signal: until }).catch(() => undefined)
      if (until.aborted) return
      wait = every
      await read().catch((error: unknown) => {
        wait = Math.max(every, times.failed)
        logger.warn({ err: error }, 'Reading for the socket /ops failed and is retried')
      })
    }
  }

  const tellAlerts = (until: AbortSignal): Promise<void> =>
    followFeed(feed, feed.head(), {
      types: ['AlertRaised', 'AlertResolved'],
      signal: until,
      take: ({ events }) => {
        for (const event of events) {
          if (!isAlertEvent(event)) continue
          const { id, at, type, data } = event
          const raised = { id, at, position: String(event.position) }
          if (type === 'AlertRaised') tellAll('alert:raised', { ...data, ...raised })
          else tellAll('alert:resolved', { ...data, ...raised })
        }
      },
      onError: (error) =>
        logger.warn({ err: error }, 'Following alerts for the socket /ops failed and is retried'),
    })

  const start = () => {
    const stop = new AbortController()
    const until = AbortSignal.any([signal, stop.signal])
    instances = []
    const first = registry.services().then((found) => {
      instances = instancesOf(found)
    })
    const loop = async () => {
      const alerts = tellAlerts(until)
      // A failure is answered to the first watcher.
      await first.catch(() => undefined)
      await Promise.all([
        alerts,
        repeat(readServices, times.services, until),
        repeat(readLags, times.lags, until),
      ])
    }
    const ended = loop().finally(() => loops.delete(ended))
    loops.add(ended)
    return { stop, first }
  }

  const remove = (watcher: Watcher): void => {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    running?.stop.abort()
    running = undefined
  }

  return {
    add: async (watcher) => {
      watchers.add(watcher)
      running ??= start()
      try {
        await running.first
      } catch (error) {
        remove(watcher)
        throw error
      }
      return instances
    },
    remove,
    over: new Promise((resolve) => {
      const end = () => void Promise.all(loops).then(() => resolve())
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
    }),
  }
}
