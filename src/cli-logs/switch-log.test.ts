import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../test/support/postgres.ts'
import { translate } from '../edges/cli/translate.ts'
import { postgresCheckpoints } from '../platform/storage/checkpoints/postgres.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { switchLog } from './switch-log.ts'

const wholeLog = (name: string, log: EventLog) => ({
  label: name,
  log,
  recordInOrder: async () => undefined,
  batchSize: 1,
})

test('followers of a log continue at the same event of its copy; a second switch is rejected', async () => {
  await using here = await freshDatabase()
  const log = await postgresEventLog(here.database)
  // One event before, so that positions differ, as in EventStoreDB.
  const copy = memoryEventLog()
  const event = { type: 'Counted', data: {}, metadata: someMetadata }
  await copy.append('other-1', 'none', [{ ...event, eventId: randomUUID() }])
  for (const stream of ['thing-1', 'thing-2', 'thing-3']) {
    const same = { ...event, eventId: randomUUID() }
    for (const either of [log, copy]) await either.append(stream, 'none', [same])
  }
  const checkpoints = postgresCheckpoints(here.database)
  const checkpoint = () => checkpoints.load('saga:some')
  await checkpoints.save('saga:some', 0n, 2n)

  const move = () =>
    switchLog({ url: here.url, folder: '' })(
      wholeLog('old', log),
      wholeLog('new', copy),
      (positions) => translate(log, copy, positions),
    )
  await move()
  expect(await checkpoint()).toBe(3n)
  await expect(move()).rejects.toThrow(
    /^All was copied, but nothing was switched\. .* have followed the event log in new/,
  )
  expect(await checkpoint()).toBe(3n)
  await log.close()
})

test('nothing is switched or created where there is no Agora', async () => {
  const empty = wholeLog('empty', memoryEventLog())
  const nowhere = switchLog({ url: undefined, folder: '/no/such/folder' })
  await expect(nowhere(empty, empty, async () => new Map())).rejects.toThrow(
    'nothing was switched: there is no Agora in /no/such/folder',
  )
})
