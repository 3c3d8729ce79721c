import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Abandoned, breaker, OlderVersion, TooSlow } from './breaker.ts'

const failure = new Error('It does not answer')

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const opened = () => {
  const states: string[] = []
  const one = breaker({ failures: 2, rest: 1_000, changed: (state) => states.push(state) })
  const early = one.begin()
  for (const _ of [1, 2]) one.failed(one.begin(), failure)
  return { one, states, early }
}

test('failures open a breaker when they come in a row', () => {
  const one = breaker({ failures: 2, changed: () => undefined })
  one.failed(one.begin(), failure)
  one.succeeded(one.begin())
  one.failed(one.begin(), failure)
  expect(one.state()).toBe('closed')
  one.failed(one.begin(), failure)
  expect(one.state()).toBe('open')
})

test('after a rest one call tries, and no other until it has ended', () => {
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

test('a call from before a breaker opened neither closes nor opens it', () => {
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
  '%s counts as no failure, and ends a trial well',
  (error) => {
    const { one } = opened()
    vi.advanceTimersByTime(1_000)
    one.failed(one.begin(), error)
    expect(one.state()).toBe('closed')
    for (const _ of [1, 2, 3]) one.failed(one.begin(), error)
    expect(one.state()).toBe('closed')
  },
)

test('a trial whose client goes away leaves the next call to try at once', () => {
  const { one } = opened()
  vi.advanceTimersByTime(1_000)
  one.failed(one.begin(), new Abandoned('left'))
  expect([one.state(), one.isPassable()]).toEqual(['open', true])
  one.succeeded(one.begin())
  expect(one.state()).toBe('closed')
})
