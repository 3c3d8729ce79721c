import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { memoryCheckpoints } from '../checkpoints/memory.ts'
import { memoryDeadLetters } from '../dead-letters/memory.ts'
import type { Follower } from '../dead-letters/port.ts'
import { memoryEventLog } from '../event-log/memory.ts'
import { takenIn } from './taken-in.ts'

const saga = {
  reads: ['Moved'],
  keyOf: ({ id }: { readonly id: string }) => id,
}
const follower: Follower = { kind: 'saga', name: 'travel', generation: 0 }

/** A saga that has taken in the log up to a position. */
const world = async () => {
  const log = memoryEventLog()
  const checkpoints = memoryCheckpoints()
  const letters = memoryDeadLetters()
  const record = async (id: string, type = 'Moved', count = 1) =>
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
          schemaVersion: 1,
        },
      })),
    )
  return {
    record,
    letters,
    pass: async () => {
      const head = await log.head()
      await checkpoints.save('saga:travel', await checkpoints.load('saga:travel'), head)
      return head
    },
    isTakenIn: takenIn(saga, follower, 'saga:travel', { log, checkpoints, letters }),
  }
}

test('a run has taken in what is recorded for it when the checkpoint has passed it, whatever comes for others', async () => {
  const { record, pass, isTakenIn } = await world()
  await record('a')
  await record('b')
  expect(await Promise.all(['a', 'b', 'c'].map(isTakenIn))).toEqual([false, false, true])
  await pass()
  await record('b')
  await record('a', 'Ignored')
  expect(await Promise.all(['a', 'b'].map(isTakenIn))).toEqual([true, false])
})

test('a run that is parked has not, although the checkpoint has passed', async () => {
  const { record, pass, letters, isTakenIn } = await world()
  await record('a')
  const position = await pass()
  await letters.park(follower, { key: 'a', position, type: 'Moved', error: 'a flaw' })
  expect(await Promise.all(['a', 'b'].map(isTakenIn))).toEqual([false, true])
  const [letter] = await letters.list(follower)
  await letters.resolve(letter!.id)
  expect(await isTakenIn('a')).toBe(true)
})

test('no run is said to have while the saga is too far behind to look through it all', async () => {
  const { record, pass, isTakenIn } = await world()
  for (let page = 0; page < 4; page++) await record('b', 'Moved', 2_500)
  await record('b')
  expect(await isTakenIn('a')).toBe(false)
  await pass()
  expect(await isTakenIn('a')).toBe(true)
})
