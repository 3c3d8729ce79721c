import { hostname } from 'node:os'
import type { Catalogue } from '#kernel'
import type { Endpoint } from '../edges/eventstore-protocol/endpoint.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { bell, type Bell } from '../platform/bell.ts'
import type { GroupFigures } from '../platform/observability/reports/port.ts'
import { runUnderLease } from '../runtime/run-under-lease.ts'

/** Name of the lease under which one process serves the persistent subscriptions. */
const lease = 'persistent subscriptions'

const wildcards = new Set(['0.0.0.0', '::'])

/**
 * Returns the address at which clients reach an endpoint.
 * @param host address that it listens on
 * @param port that it listens on
 * @param advertised host, with or without a port, that is configured
 */
export const advertisedAddress = (
  { host, advertised }: { readonly host: string; readonly advertised?: string },
  port: number,
): { readonly host: string; readonly port: number } => {
  if (advertised === undefined) return { host: wildcards.has(host) ? hostname() : host, port }
  const [name = '', given] = advertised.split(':')
  return { host: name, port: given === undefined ? port : Number(given) }
}

/** Longest time after which requests of other processes are looked for, in ms: news of them may be lost. */
const checkEveryMs = 60_000

/** Looks for requests of other processes at each ring. */
const heed = async (
  news: Bell,
  check: () => Promise<void>,
  { signal, onError }: { readonly signal: AbortSignal; readonly onError: (error: unknown) => void },
): Promise<void> => {
  while (!signal.aborted) {
    const next = news.listen()
    await check().catch(onError)
    await next(checkEveryMs, signal)
  }
}

/** Adds up the numbers of two groups of one name, on streams that are masked alike. */
const asOne = (
  { lag, ...one }: GroupFigures,
  { lag: otherLag, ...other }: GroupFigures,
): GroupFigures => ({
  ...one,
  ...(lag !== undefined && otherLag !== undefined && { lag: lag + otherLag }),
  consumers: one.consumers + other.consumers,
  inFlight: one.inFlight + other.inFlight,
  waiting: one.waiting + other.waiting,
  toRetry: one.toRetry + other.toRetry,
  parked: one.parked + other.parked,
  delivered: one.delivered + other.delivered,
  done: one.done + other.done,
  retried: one.retried + other.retried,
})

/**
 * Reads the numbers of the groups that an endpoint leads; the names of streams of people are masked. Groups that have the
 * same names then are one.
 */
export const figuresOfGroups =
  (
    { groups }: Pick<Endpoint, 'groups'>,
    { streamTold }: Pick<Catalogue, 'streamTold'>,
  ): (() => Promise<readonly GroupFigures[]>) =>
  async () => {
    const all = (await groups?.figures()) ?? []
    const shown = all.map((one) => ({ ...one, source: streamTold(one.source) }))
    const named = Map.groupBy(shown, ({ source, name }) => JSON.stringify([source, name]))
    return Array.from(named.values(), (alike) => alike.reduce(asOne))
  }

/**
 * Has an endpoint serve the persistent subscriptions whenever this process holds their lease.
 * @param address at which clients reach the endpoint
 * @param deps.news rings when another process may have requested a replay; by default, none does
 * @returns to be disposed of before the endpoint is closed: hands them over
 */
export const leadGroups = (
  { groups }: Pick<Endpoint, 'groups'>,
  address: { readonly host: string; readonly port: number },
  {
    leases,
    news = bell(),
    onError,
  }: {
    readonly leases: Pick<Leases, 'acquire'>
    readonly news?: Bell
    readonly onError: (error: unknown) => void
  },
): AsyncDisposable => {
  const stop = new AbortController()
  const led = groups
    ? runUnderLease(
        lease,
        stop.signal,
        async (held) => {
          const ended = new AbortController()
          const signal = AbortSignal.any([held.signal, ended.signal])
          const heeding = heed(news, groups.checkReplays, { signal, onError })
          try {
            await groups.lead(held, address)
          } finally {
            ended.abort()
            await heeding
          }
        },
        { leases, onError },
      )
    : Promise.resolve()
  return {
    [Symbol.asyncDispose]: () => {
      stop.abort()
      return led
    },
  }
}
