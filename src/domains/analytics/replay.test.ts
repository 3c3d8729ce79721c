import { describe, test } from 'vitest'
import { given, newId } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { replay } from './replay.ts'

const startedBy = newId(UserId)
const definition = {
  filter: { categories: ['order'] },
  fromPosition: '0',
  untilPosition: '120',
  speed: 60,
  startedBy,
}
const started = { type: 'ReplayStarted' as const, data: definition }
const paused = { type: 'ReplayPaused' as const, data: {} }
const resumed = { type: 'ReplayResumed' as const, data: {} }
const stopped = { type: 'ReplayStopped' as const, data: {} }
const completed = {
  type: 'ReplayCompleted' as const,
  data: { events: 7, lastPosition: '119' },
}
const start = { type: 'StartReplay' as const, data: definition }
const pause = { type: 'PauseReplay' as const, data: {} }
const resume = { type: 'ResumeReplay' as const, data: {} }
const stop = { type: 'StopReplay' as const, data: {} }
const complete = { type: 'CompleteReplay' as const, data: completed.data }

describe('a replay', () => {
  test('is defined once', () => {
    given(replay).when(start).yields(started)
    given(replay, started)
      .when({ ...start, data: { ...definition, untilPosition: '140' } })
      .yields()
  })

  test('is paused and resumed any number of times', () => {
    given(replay, started).when(pause).yields(paused)
    given(replay, started, paused).when(pause).yields()
    given(replay, started, paused).when(resume).yields(resumed)
    given(replay, started).when(resume).yields()
    given(replay, started, paused, resumed).when(pause).yields(paused)
  })

  test('is stopped for good', () => {
    given(replay, started, paused).when(stop).yields(stopped)
    given(replay, started, stopped).when(stop).yields()
    given(replay, started, stopped).when(pause).refuses('ReplayStopped')
    given(replay, started, stopped).when(resume).refuses('ReplayStopped')
    given(replay, started, stopped).when(complete).yields()
  })

  test('is completed once, and may be played and paused again', () => {
    given(replay, started).when(complete).yields(completed)
    given(replay, started, paused).when(complete).yields(completed)
    given(replay, started, completed).when(complete).yields()
    given(replay, started, completed).when(pause).yields(paused)
    given(replay, started, completed, paused).when(resume).yields(resumed)
    given(replay, started, completed).when(stop).yields(stopped)
  })

  test('that was not started refuses commands', () => {
    for (const command of [pause, resume, stop, complete])
      given(replay).when(command).refuses('NoSuchReplay')
  })
})
