import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { onStopSignals } from './stop-signals.ts'

const setUp = () => {
  const source = new EventEmitter()
  const heard: string[] = []
  const time = { now: 5_000 }
  onStopSignals(
    (signal) => heard.push(`stop ${signal}`),
    (signal) => heard.push(`now ${signal}`),
    { source, clock: () => time.now },
  )
  return { source, heard, time }
}

test('signals within a second are one request, whichever they are', () => {
  const { source, heard, time } = setUp()
  source.emit('SIGINT')
  source.emit('SIGINT')
  time.now += 1_000
  source.emit('SIGTERM')
  expect(heard).toEqual(['stop SIGINT'])
})

test('a later signal means now, and no signal is ever left to the system', () => {
  const { source, heard, time } = setUp()
  source.emit('SIGTERM')
  time.now += 1_001
  source.emit('SIGINT')
  source.emit('SIGINT')
  expect(heard).toEqual(['stop SIGTERM', 'now SIGINT', 'now SIGINT'])
  expect([source.listenerCount('SIGINT'), source.listenerCount('SIGTERM')]).toEqual([1, 1])
})
