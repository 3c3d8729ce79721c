import { Counter, Gauge, type Registry } from '@prometheus-io/client'

/** How far a bridge is behind the log. */
type BridgeLag = {
  readonly name: string
  readonly lagEvents: number
  readonly lagSeconds: number
  readonly parked: number
}

/** Counters of the events that bridges publish. */
export const bridgeCounters = (registers: Registry[]) => {
  const published = new Counter({
    name: 'agora_bridge_published_total',
    help: 'Events that a broker has confirmed',
    labelNames: ['bridge'],
    registers,
  })
  const unrouted = new Counter({
    name: 'agora_bridge_unrouted_total',
    help: 'Events that RabbitMQ has confirmed and dropped, as no queue is bound to them',
    registers,
  })
  return {
    published: (bridge: string, count: number): void => published.inc({ bridge }, count),
    unrouted: (): void => unrouted.inc(),
  }
}

/** Adds gauges of the bridges, read at each scrape; what cannot be read is left out. */
export const addBridgeGauges = (
  registers: Registry[],
  bridges: () => Promise<readonly BridgeLag[]>,
): void => {
  let reading: Promise<readonly BridgeLag[]> | undefined
  /** One read for the gauges, which are collected concurrently. */
  const read = () =>
    (reading ??= bridges()
      .catch(() => [])
      .finally(() => (reading = undefined)))
  const add = (name: string, help: string, value: 'lagEvents' | 'lagSeconds' | 'parked'): void => {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['bridge'],
      registers,
      collect: async () => {
        for (const one of await read()) gauge.set({ bridge: one.name }, one[value])
      },
    })
  }
  add(
    'agora_bridge_lag_events',
    'Number of events of the log that a bridge has not passed',
    'lagEvents',
  )
  add(
    'agora_bridge_lag_seconds',
    'Age of the first event of the log that a bridge has not passed',
    'lagSeconds',
  )
  add('agora_bridge_parked_streams', 'Parked streams, which wait for an operator', 'parked')
}
