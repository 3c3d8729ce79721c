import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pacing } from './pacing.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A pacing of 250 ms, and what it has sent. */
const paced = () => {
  const sent: string[] = []
  const { take, close } = pacing()
  return {
    sent,
    close,
    say: (key: string, state: string) => take(key, 250, () => sent.push(state)),
  }
}

test('the first state is sent at once, and the latest of the others when the interval ends', () => {
  const { sent, say } = paced()
  for (const state of ['1', '2', '3']) say('post', state)
  expect(sent).toEqual(['1'])
  vi.advanceTimersByTime(250)
  expect(sent).toEqual(['1', '3'])
  say('post', '4')
  expect(sent).toEqual(['1', '3'])
  vi.advanceTimersByTime(250)
  expect(sent).toEqual(['1', '3', '4'])
})

test('at most four states of a key are sent in a second, the last one included', () => {
  const { sent, say } = paced()
  for (let ms = 0; ms < 1_000; ms += 10) {
    say('post', String(ms))
    vi.advanceTimersByTime(10)
  }
  vi.advanceTimersByTime(250)
  expect(sent).toHaveLength(5)
  expect(sent.at(-1)).toBe('990')
})

test('keys do not wait for each other, and rest after their interval', () => {
  const { sent, say } = paced()
  say('one', 'a')
  say('other', 'b')
  vi.advanceTimersByTime(250)
  say('one', 'c')
  expect(sent).toEqual(['a', 'b', 'c'])
})

test('nothing is sent once it is closed', () => {
  const { sent, say, close } = paced()
  say('post', '1')
  say('post', '2')
  close()
  vi.advanceTimersByTime(1_000)
  expect(sent).toEqual(['1'])
  expect(vi.getTimerCount()).toBe(0)
})
