import { hostname } from 'node:os'
import type { Endpoint } from '../edges/eventstore-protocol/endpoint.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
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

/**
 * Has an endpoint serve the persistent subscriptions whenever this process holds their lease.
 * @param address at which clients reach the endpoint
 * @returns to be disposed of before the endpoint is closed: hands them over
 */
export const leadGroups = (
  { leadGroups: lead }: Pick<Endpoint, 'leadGroups'>,
  address: { readonly host: string; readonly port: number },
  {
    leases,
    onError,
  }: { readonly leases: Pick<Leases, 'acquire'>; readonly onError: (error: unknown) => void },
): AsyncDisposable => {
  const stop = new AbortController()
  const led = lead
    ? runUnderLease(lease, stop.signal, (held) => lead(held, address), { leases, onError })
    : Promise.resolve()
  return {
    [Symbol.asyncDispose]: () => {
      stop.abort()
      return led
    },
  }
}
