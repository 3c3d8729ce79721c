import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { Conflict } from '../platform/storage/event-log/port.ts'
import { BasisMoved } from './execution.ts'
import { recordOn } from './record-on.ts'

const event = (type: string) => ({ eventId: randomUUID(), type, data: {}, metadata: someMetadata })

/** A log with two streams at revision 0. */
const world = async () => {
  const log = memoryEventLog()
  for (const stream of ['rule-a', 'rule-b']) await log.append(stream, 'none', [event('Made')])
  const bases = (a: number, b: number) => [
    { stream: 'rule-a', revision: a },
    { stream: 'rule-b', revision: b },
  ]
  const on = (a: number, b: number, expected: 'none' | number = 'none', stream = 'note-1') =>
    recordOn(log, { stream, expected, events: [event('Pinned')] }, bases(a, b))
  return { log, on }
}

test('events are recorded at their position while the streams they rest on stand still', async () => {
  const { log, on } = await world()
  const { position, revision } = await on(0, 0)
  const [recorded] = await log.read('note-1')
  expect([recorded?.position, recorded?.revision]).toEqual([position, revision])
})

test('a stream that has moved is named, and nothing is recorded', async () => {
  const { log, on } = await world()
  await log.append('rule-b', 0, [event('Changed')])
  const error: unknown = await on(0, 0).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(BasisMoved)
  expect(String(error)).toContain('rule-b')
  expect(await log.read('note-1')).toEqual([])
})

test('a decision may rest on a stream that is not there', async () => {
  const { log } = await world()
  const append = { stream: 'note-1', expected: 'none' as const, events: [event('Pinned')] }
  const absent = [{ stream: 'rule-c', revision: -1 }]
  expect((await recordOn(log, append, absent)).revision).toBe(0)
  await log.append('rule-c', 'none', [event('Made')])
  const other = { ...append, stream: 'note-2' }
  await expect(recordOn(log, other, absent)).rejects.toThrow(BasisMoved)
})

test('a conflict of the stream itself comes before those of the streams it rests on', async () => {
  const { log, on } = await world()
  await log.append('note-1', 'none', [event('Pinned')])
  await log.append('rule-a', 0, [event('Changed')])
  await expect(on(0, 0)).rejects.toThrow(Conflict)
})
