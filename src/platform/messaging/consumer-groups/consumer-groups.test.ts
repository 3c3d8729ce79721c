import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { consumerGroupsConformance } from './conformance.ts'
import { usualSettings } from './testing/usual-settings.ts'
import { memoryConsumerGroups } from './memory.ts'
import { postgresConsumerGroups } from './postgres.ts'

consumerGroupsConformance('memory', async () => ({
  groups: memoryConsumerGroups(),
  close: async () => undefined,
}))

consumerGroupsConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    groups: postgresConsumerGroups(fresh.database),
    close: async () => fresh[Symbol.asyncDispose](),
  }
})

test('two requests of a replay at the same moment have each parked message delivered once', async () => {
  await using fresh = await freshDatabase()
  const groups = postgresConsumerGroups(fresh.database)
  const key = { source: 'order-1', name: 'mail' }
  const term = await groups.lead({ host: 'here', port: 1 })
  await groups.create(term, key, { startFrom: 'start', settings: usualSettings, view: 'full' }, 0n)
  const parked = [1n, 2n, 3n].map((place) => ({ place, retries: 0, reason: 'no' }))
  const progress = { checkpoint: 3n, ahead: [], retries: [] }
  await groups.save(term, key, { progress, parked, settled: [] })
  const requests = await fresh.database.transaction(async ({ query }) => {
    await query({ text: 'SELECT FROM agora.parked_messages FOR UPDATE' })
    const both = [groups.requestReplay(key, 2), groups.requestReplay(key, 2)]
    // Both have begun, and wait for the rows.
    await expect
      .poll(async () => {
        const waiting = await fresh.database.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        return waiting.length
      })
      .toBe(2)
    return both
  })
  const counts = await Promise.all(requests)
  expect(counts.toSorted((a = 0, b = 0) => a - b)).toEqual([1, 2])
  expect(await groups.replaying(key)).toHaveLength(3)
})
