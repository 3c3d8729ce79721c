import { expect, test } from 'vitest'
import { folding, newId, recorded } from '#kernel/testing'
import { ReplayId } from '../domains/analytics/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { replays } from './replays.ts'

const id = newId(ReplayId)
const startedBy = newId(UserId)
const at = (second: number) => `2030-01-01T00:00:0${second}.000Z`
const happened = (type: string, second: number, data: object = {}) =>
  recorded(`replay-${id}`, { type, data }, { at: at(second) })

const started = happened('ReplayStarted', 0, {
  filter: { categories: ['order'], stream: 'order-1' },
  fromPosition: '0',
  untilPosition: '120',
  untilTime: at(9),
  speed: 'max',
  startedBy,
})
const completed = happened('ReplayCompleted', 3, { events: 7, lastPosition: '119' })

test('a replay has its definition and its status', () => {
  const running = {
    id,
    categories: ['order'],
    stream: 'order-1',
    fromPosition: '0',
    untilPosition: '120',
    untilTime: at(9),
    speed: 'max',
    status: 'RUNNING',
    startedBy,
    startedAt: at(0),
    updatedAt: at(0),
  }
  const paused = happened('ReplayPaused', 1)
  const resumed = happened('ReplayResumed', 2)
  expect(folding(replays, started).into(id)).toEqual(running)
  expect(folding(replays, started, paused).into(id)).toEqual({
    ...running,
    status: 'PAUSED',
    updatedAt: at(1),
  })
  expect(folding(replays, started, paused, resumed).into(id)).toEqual({
    ...running,
    updatedAt: at(2),
  })
  expect(folding(replays, started, completed).into(id)).toEqual({
    ...running,
    status: 'COMPLETED',
    completedAt: at(3),
    events: 7,
    lastPosition: '119',
    updatedAt: at(3),
  })
})

test('a completed replay stays completed, unless it is paused or stopped', () => {
  const statusAfter = (...types: readonly string[]) =>
    folding(
      replays,
      started,
      completed,
      ...types.map((type, index) => happened(type, 4 + index)),
    ).into(id)?.status
  expect(statusAfter('ReplayPaused')).toBe('PAUSED')
  expect(statusAfter('ReplayPaused', 'ReplayResumed')).toBe('COMPLETED')
  expect(statusAfter('ReplayStopped')).toBe('STOPPED')
  expect(folding(replays, started, happened('ReplayPaused', 1), completed).into(id)).toMatchObject({
    status: 'PAUSED',
    completedAt: at(3),
  })
})
