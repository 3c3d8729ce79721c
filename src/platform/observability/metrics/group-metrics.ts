import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { GroupFigures } from '../reports/port.ts'

const labelNames = ['stream', 'group'] as const

const gauges = [
  [
    'agora_consumer_group_lag',
    'Events of its stream, or positions of the log, after the checkpoint of a consumer group',
    'lag',
  ],
  ['agora_consumer_group_consumers', 'Connected consumers of a consumer group', 'consumers'],
  [
    'agora_consumer_group_in_flight_messages',
    'Messages that consumers of a group have not acknowledged',
    'inFlight',
  ],
  [
    'agora_consumer_group_waiting_messages',
    'Messages in memory that wait for room at a consumer of the group',
    'waiting',
  ],
  [
    'agora_consumer_group_retrying_messages',
    'Messages that wait to be delivered to a consumer of the group once more',
    'toRetry',
  ],
  [
    'agora_consumer_group_parked_messages',
    'Parked messages of a consumer group, which wait for an operator',
    'parked',
  ],
] as const

const counters = [
  [
    'agora_consumer_group_delivered_total',
    'Messages that were sent to consumers of a group, since this process leads',
    'delivered',
  ],
  [
    'agora_consumer_group_done_total',
    'Messages of a consumer group that were acknowledged, skipped or parked, since this process leads',
    'done',
  ],
  [
    'agora_consumer_group_retries_total',
    'Retries of messages of a consumer group, since this process leads',
    'retried',
  ],
] as const

/**
 * Adds metrics of the groups of consumers, read at each scrape. A process that does not lead them has none.
 * @param figures of at most as many groups as there may be; they are the labels
 */
export const addGroupMetrics = (
  registers: Registry[],
  figures: () => Promise<readonly GroupFigures[]>,
): void => {
  let reading: Promise<readonly GroupFigures[]> | undefined
  /** One read for all of them, which are collected concurrently. */
  const read = () =>
    (reading ??= figures()
      .catch(() => [])
      .finally(() => (reading = undefined)))
  for (const [name, help, value] of gauges) {
    const gauge: Gauge<'stream' | 'group'> = new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect: async () => {
        const all = await read()
        gauge.reset()
        for (const one of all) {
          const measured = one[value]
          if (measured !== undefined) gauge.set({ stream: one.source, group: one.name }, measured)
        }
      },
    })
  }
  for (const [name, help, value] of counters) {
    const counter: Counter<'stream' | 'group'> = new Counter({
      name,
      help,
      labelNames,
      registers,
      collect: async () => {
        const all = await read()
        counter.reset()
        for (const one of all) counter.inc({ stream: one.source, group: one.name }, one[value])
      },
    })
  }
}
