import { expect, test } from 'vitest'
import type { GroupFigures } from '../reports/port.ts'
import { metrics } from './metrics.ts'

const figures: GroupFigures = {
  source: 'order-1',
  name: 'mail',
  lag: 7,
  consumers: 2,
  inFlight: 3,
  waiting: 4,
  toRetry: 1,
  parked: 5,
  delivered: 20,
  done: 10,
  retried: 6,
}

test('the groups that a process leads are measured by stream and group, and none once it leads no longer', async () => {
  const measured = metrics()
  let led: readonly GroupFigures[] = [figures]
  let reads = 0
  measured.gaugeGroups(async () => {
    reads += 1
    return led
  })
  const shown = async () =>
    (await measured.text()).text.split('\n').filter((line) => line.startsWith('agora_consumer_'))
  const labels = '{stream="order-1",group="mail"}'
  expect(await shown()).toEqual([
    `agora_consumer_group_lag${labels} 7`,
    `agora_consumer_group_consumers${labels} 2`,
    `agora_consumer_group_in_flight_messages${labels} 3`,
    `agora_consumer_group_waiting_messages${labels} 4`,
    `agora_consumer_group_retrying_messages${labels} 1`,
    `agora_consumer_group_parked_messages${labels} 5`,
    `agora_consumer_group_delivered_total${labels} 20`,
    `agora_consumer_group_done_total${labels} 10`,
    `agora_consumer_group_retries_total${labels} 6`,
  ])
  expect(reads).toBe(1)
  await shown()
  const { lag: _, ...unread } = figures
  led = [unread]
  expect((await shown()).some((line) => line.includes('_lag'))).toBe(false)
  led = []
  expect(await shown()).toEqual([])
})
