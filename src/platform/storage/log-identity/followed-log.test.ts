import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { postgresCheckpoints } from '../checkpoints/postgres.ts'
import { memoryEventLog } from '../event-log/memory.ts'
import type { EventLog } from '../event-log/port.ts'
import { postgresLeases } from '../../messaging/leases/postgres.ts'
import { checkFollowedLog, OtherLog, rememberLog, switchLog } from './followed-log.ts'

let own: TestDatabase
beforeEach(async () => {
  own = await freshDatabase()
})
afterEach(() => own[Symbol.asyncDispose]())

const counted = () => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: {},
  metadata: someMetadata,
})

const logOf = async (events: number): Promise<EventLog> => {
  const log = memoryEventLog()
  for (let n = 0; n < events; n++) await log.append(`thing-${n}`, 'none', [counted()])
  return log
}
const elsewhere = (log: EventLog, named = 'esdb://somewhere') => ({ log, named, own: false })
const here = (log: EventLog) => ({ log, named: 'this PostgreSQL', own: true })
const reach = (position: bigint) =>
  postgresCheckpoints(own.database).save('saga:some', 0n, position)

test('the followed log is accepted, also when it has grown', async () => {
  const log = await logOf(3)
  await checkFollowedLog(own.database, elsewhere(log))
  expect(await rememberLog(own.database, elsewhere(log))).toBe(true)
  await reach(3n)
  await log.append('thing-more', 'none', [counted()])
  await checkFollowedLog(own.database, elsewhere(log, 'esdb://the-same-by-another-name'))
})

test('an empty log is recorded once it has an event', async () => {
  const log = await logOf(0)
  await checkFollowedLog(own.database, elsewhere(log))
  expect(await rememberLog(own.database, elsewhere(log))).toBe(false)
  await log.append('thing-1', 'none', [counted()])
  expect(await rememberLog(own.database, elsewhere(log))).toBe(true)
})

test('another log is refused, with instructions', async () => {
  await rememberLog(own.database, elsewhere(await logOf(3), 'esdb://old'))
  const other = checkFollowedLog(own.database, elsewhere(await logOf(9), 'esdb://new'))
  await expect(other).rejects.toThrow(OtherLog)
  await expect(other).rejects.toThrow(/esdb:\/\/old.*esdb:\/\/new.*agora copy --from/s)
})

test('an empty log in place of the followed one is refused', async () => {
  await rememberLog(own.database, elsewhere(await logOf(3)))
  await expect(checkFollowedLog(own.database, elsewhere(await logOf(0)))).rejects.toThrow(OtherLog)
})

test('an older copy of the log is refused', async () => {
  const log = await logOf(2)
  await rememberLog(own.database, elsewhere(log))
  await reach(3n)
  await expect(checkFollowedLog(own.database, elsewhere(log))).rejects.toThrow(
    /have reached position 3; the event log .* ends at 2/,
  )
})

test('after the log in the same PostgreSQL was followed, another log is refused', async () => {
  await reach(3n)
  await expect(checkFollowedLog(own.database, elsewhere(await logOf(9)))).rejects.toThrow(
    /the event log that is in it as well/,
  )
  await checkFollowedLog(own.database, here(await logOf(9)))
})

test('a switch translates all positions to those of the same events in the other log', async () => {
  const old = await logOf(3)
  await rememberLog(own.database, elsewhere(old, 'esdb://old'))
  await reach(2n)
  const foreign = counted()
  const now = memoryEventLog()
  await now.append('other-1', 'none', [foreign])
  for (const { stream, ...event } of (await old.readAll()).events)
    await now.append(stream, 'none', [event])

  const to = elsewhere(now, 'esdb://new')
  await switchLog(own.database, to, async (positions) => {
    expect(positions).toEqual([2n])
    return new Map([[2n, 3n]])
  })
  expect(await postgresCheckpoints(own.database).load('saga:some')).toBe(3n)
  await checkFollowedLog(own.database, to)
  await expect(checkFollowedLog(own.database, elsewhere(old))).rejects.toThrow(OtherLog)
})

/** Records generations of read models, as the projector does. */
const generation = (name: string, store: string, status = 'live', number = 1) =>
  own.database.query({
    text: `INSERT INTO agora.generations (name, generation, version, store, status, position)
           VALUES ($1, $2, 5, $3, $4, 2)`,
    values: [name, number, store, status],
  })
const toBeRebuilt = async () =>
  (
    await own.database.query<{ name: string }>(
      'SELECT name FROM agora.generations WHERE version = 0 ORDER BY 1',
    )
  ).map(({ name }) => name)

test('a switch to other positions has read models rebuilt whose documents hold positions', async () => {
  await generation('messages', 'postgres', 'retired', 1)
  await generation('messages', 'postgres', 'live', 2)
  await generation('messages', 'postgres', 'building', 3)
  await generation('orders', 'postgres')
  await generation('gigs', 'mongo')
  await generation('search_gigs', 'elasticsearch')
  const to = elsewhere(await logOf(3))
  const same = await switchLog(own.database, to, async () => new Map([[2n, 2n]]), ['messages'])
  expect([same, await toBeRebuilt()]).toEqual([[], []])
  const moved = await switchLog(own.database, to, async () => new Map([[2n, 3n]]), ['messages'])
  expect(moved).toEqual(['gigs', 'messages', 'search_gigs'])
  expect(await toBeRebuilt()).toEqual(['gigs', 'messages', 'messages', 'search_gigs'])
})

test('a switch is refused while an Agora runs', async () => {
  const log = await logOf(1)
  await reach(1n)
  const leases = postgresLeases(own.database)
  await leases.acquire('projection:orders', new AbortController().signal)
  const to = elsewhere(log)
  await expect(switchLog(own.database, to, async () => new Map([[1n, 99n]]))).rejects.toThrow(
    /stop it first/,
  )
  expect(await postgresCheckpoints(own.database).load('saga:some')).toBe(1n)
  await leases.close()
})
