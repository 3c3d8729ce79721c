import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Abandoned, breaker, OlderVersion, TooSlow } from './breaker.ts'

const failure = new Error('The instance does not answer')

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const opened = () => {
  const states: string[] = []
  const one = breaker({ failures: 2, rest: 1_000, changed: (state) => states.push(state) })
  const early = one.begin()
  for (const _ of [1, 2]) one.failed(one.begin(), failure)
  return { one, states, early }
}

test('a breaker opens after consecutive failures only', () => {
  const one = breaker({ failures: 2, changed: () => undefined })
  one.failed(one.begin(), failure)
  one.succeeded(one.begin())
  one.failed(one.begin(), failure)
  expect(one.state()).toBe('closed')
  one.failed(one.begin(), failure)
  expect(one.state()).toBe('open')
})

test('an open breaker admits one trial after its rest, and no other call until the trial has ended', () => {
  const { one, states } = opened()
  expect(one.isPassable()).toBe(false)
  vi.advanceTimersByTime(1_000)
  expect(one.isPassable()).toBe(true)
  const trial = one.begin()
  expect([trial, one.isPassable()]).toEqual([true, false])
  one.failed(trial, failure)
  expect(one.isPassable()).toBe(false)
  vi.advanceTimersByTime(1_000)
  one.succeeded(one.begin())
  expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
})

test('the outcome of a call from before the breaker opened does not change its state', () => {
  const { one, early } = opened()
  vi.advanceTimersByTime(1_000)
  const trial = one.begin()
  for (const _ of [1, 2, 3]) one.failed(early, failure)
  one.succeeded(early)
  expect(one.state()).toBe('half-open')
  one.succeeded(trial)
  expect(one.state()).toBe('closed')
})

test.for([new TooSlow('slow'), new OlderVersion('old')])(
  '%s is not counted as a failure, and closes the breaker after a trial',
  (error) => {
    const { one } = opened()
    vi.advanceTimersByTime(1_000)
    one.failed(one.begin(), error)
    expect(one.state()).toBe('closed')
    for (const _ of [1, 2, 3]) one.failed(one.begin(), error)
    expect(one.state()).toBe('closed')
  },
)

test('an abandoned trial leaves the breaker open and lets the next call be a trial at once', () => {
  const { one } = opened()
  vi.advanceTimersByTime(1_000)
  one.failed(one.begin(), new Abandoned('left'))
  expect([one.state(), one.isPassable()]).toEqual(['open', true])
  one.succeeded(one.begin())
  expect(one.state()).toBe('closed')
})
