import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { feedMoves } from './feed-moves.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a listener without a delay is called while the head moves, and no timer is set', () => {
  const moves = feedMoves()
  const listener = vi.fn<() => void>()
  moves.on(0, listener)
  moves.moved()
  expect([listener.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0])
})

test('listeners with the same delay share one timer, however often the head moves', () => {
  const moves = feedMoves()
  const [one, other] = [vi.fn<() => void>(), vi.fn<() => void>()]
  moves.on(50, one)
  moves.on(50, other)
  for (let n = 0; n < 3; n += 1) moves.moved()
  expect([one.mock.calls.length, vi.getTimerCount()]).toEqual([0, 1])
  vi.advanceTimersByTime(50)
  expect([one, other].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
  moves.moved()
  vi.advanceTimersByTime(50)
  expect(one).toHaveBeenCalledTimes(2)
})

test('a listener that has ended is not called, nor is a timer set for it', () => {
  const moves = feedMoves()
  const listener = vi.fn<() => void>()
  const end = moves.on(50, listener)
  moves.moved()
  end()
  vi.advanceTimersByTime(50)
  moves.moved()
  expect([listener.mock.calls.length, vi.getTimerCount()]).toEqual([0, 0])
})

test('closing ends the timers and the listeners', () => {
  const moves = feedMoves()
  const [late, prompt] = [vi.fn<() => void>(), vi.fn<() => void>()]
  moves.on(50, late)
  moves.on(0, prompt)
  moves.moved()
  moves.close()
  expect(vi.getTimerCount()).toBe(0)
  moves.moved()
  expect([late, prompt].map(({ mock }) => mock.calls.length)).toEqual([0, 1])
})
