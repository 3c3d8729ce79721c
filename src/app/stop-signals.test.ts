import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { onStopSignals } from './stop-signals.ts'

const setUp = () => {
  const source = new EventEmitter()
  const calls: string[] = []
  const time = { now: 5_000 }
  onStopSignals(
    (signal) => calls.push(`stop ${signal}`),
    (signal) => calls.push(`now ${signal}`),
    { source, clock: () => time.now },
  )
  return { source, calls, time }
}

test('any signals within a second are one request to stop', () => {
  const { source, calls, time } = setUp()
  source.emit('SIGINT')
  source.emit('SIGINT')
  time.now += 1_000
  source.emit('SIGTERM')
  expect(calls).toEqual(['stop SIGINT'])
})

test('a later signal stops at once, and handlers are never removed', () => {
  const { source, calls, time } = setUp()
  source.emit('SIGTERM')
  time.now += 1_001
  source.emit('SIGINT')
  source.emit('SIGINT')
  expect(calls).toEqual(['stop SIGTERM', 'now SIGINT', 'now SIGINT'])
  expect([source.listenerCount('SIGINT'), source.listenerCount('SIGTERM')]).toEqual([1, 1])
})
