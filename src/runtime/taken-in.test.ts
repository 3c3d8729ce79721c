import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import type { Follower } from '../platform/storage/dead-letters/port.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memoryEventReaders } from '../platform/storage/event-readers/memory.ts'
import { takenIn } from './taken-in.ts'

const saga = {
  reads: ['Moved'],
  keyOf: ({ id }: { readonly id: string }) => id,
}
/** Declares two types of events, in their first version. */
const catalogue = {
  unreadable: ({ type, metadata }: Pick<RecordedEvent, 'type' | 'metadata'>) =>
    ['Moved', 'Ignored'].includes(type) && metadata.schemaVersion === 1
      ? undefined
      : `${type} is not known`,
}
const follower: Follower = { kind: 'saga', name: 'travel', generation: 0 }

/** A saga whose checkpoint is at a position. */
const world = async () => {
  const log = memoryEventLog()
  const checkpoints = memoryCheckpoints()
  const letters = memoryDeadLetters()
  const readers = memoryEventReaders()
  const record = async (id: string, type = 'Moved', count = 1, schemaVersion = 1) =>
    log.append(
      `thing-${id}`,
      'any',
      Array.from({ length: count }, () => ({
        eventId: randomUUID(),
        type,
        data: {},
        metadata: {
          correlationId: randomUUID(),
          causationId: randomUUID(),
          commandId: randomUUID(),
          actorId: 'ann',
          schemaVersion,
        },
      })),
    )
  return {
    record,
    letters,
    readers,
    pass: async () => {
      const head = await log.head()
      await checkpoints.save('saga:travel', await checkpoints.load('saga:travel'), head)
      return head
    },
    isTakenIn: takenIn(saga, follower, 'saga:travel', {
      log,
      checkpoints,
      letters,
      newer: { catalogue, readers },
    }),
  }
}

test('a run has processed its events once the checkpoint has passed them, also with later events of other runs', async () => {
  const { record, pass, isTakenIn } = await world()
  await record('a')
  await record('b')
  expect(await Promise.all(['a', 'b', 'c'].map(isTakenIn))).toEqual([false, false, true])
  await pass()
  await record('b')
  await record('a', 'Ignored')
  expect(await Promise.all(['a', 'b'].map(isTakenIn))).toEqual([true, false])
})

test('a parked run has not processed its events, although the checkpoint has passed them', async () => {
  const { record, pass, letters, isTakenIn } = await world()
  await record('a')
  const position = await pass()
  await letters.park(follower, { key: 'a', position, type: 'Moved', error: 'a flaw' })
  expect(await Promise.all(['a', 'b'].map(isTakenIn))).toEqual([false, true])
  const [letter] = await letters.list(follower)
  await letters.resolve(letter!.id)
  expect(await isTakenIn('a')).toBe(true)
})

test('no run counts as up to date while the saga lags too far to read the rest', async () => {
  const { record, pass, isTakenIn } = await world()
  for (let page = 0; page < 4; page++) await record('b', 'Moved', 2_500)
  await record('b')
  expect(await isTakenIn('a')).toBe(false)
  await pass()
  expect(await isTakenIn('a')).toBe(true)
})

test('no run counts as up to date before an event that only a newer version of the saga reads', async () => {
  const { record, pass, readers, isTakenIn } = await world()
  await record('a', 'Held')
  expect(await isTakenIn('a')).toBe(true)
  await readers.declare(new Map([['saga:others', ['Held']]]))
  expect(await isTakenIn('a')).toBe(true)
  await readers.declare(new Map([['saga:travel', ['Moved', 'Held']]]))
  expect(await Promise.all(['a', 'b'].map(isTakenIn))).toEqual([false, false])
  expect(await isTakenIn('a')).toBe(false)
  await pass()
  expect(await isTakenIn('a')).toBe(true)
})

test('no run counts as up to date before an event of a newer schema version', async () => {
  const { record, pass, isTakenIn } = await world()
  await record('a', 'Moved', 1, 2)
  expect(await Promise.all(['a', 'b'].map(isTakenIn))).toEqual([false, false])
  await pass()
  expect(await isTakenIn('b')).toBe(true)
})

test('types that only newer versions of the saga read delay no run where this version can read them', async () => {
  const { record, readers, isTakenIn } = await world()
  await readers.declare(new Map([['saga:travel', ['Moved', 'Ignored']]]))
  await record('a', 'Ignored')
  expect(await isTakenIn('a')).toBe(true)
})
