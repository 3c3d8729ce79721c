import { expect, test } from 'vitest'
import { chance } from './chance.ts'
import { judge, slopeOf, type Point } from './slope.ts'

const limits = { allowance: 10, share: 0.1 }

/** A series of 300 points. @param valueAt of a time in s, and of a number from 0 to 1 by chance */
const series = (valueAt: (time: number, noise: number) => number): readonly Point[] => {
  const { next } = chance(7)
  return Array.from({ length: 300 }, (_, time): Point => [time, valueAt(time, next())])
}

test('the slope is that of most pairs, whatever a few outliers are', () => {
  expect(slopeOf([[0, 1]])).toBe(0)
  const line = Array.from({ length: 30 }, (_, time): Point => [time, 5 + 2 * time])
  expect(slopeOf(line)).toBe(2)
  expect(slopeOf(line.map(([time, value]) => [time, time % 7 === 3 ? 1e6 : value]))).toBe(2)
})

test.each<readonly [string, (time: number, noise: number) => number, string]>([
  ['constant', () => 100, 'flat'],
  ['noisy', (_, noise) => 100 + 60 * noise, 'flat'],
  ['filled at first', (time) => Math.min(100, time * 2), 'flat'],
  ['a saw of garbage', (time, noise) => 100 + (time % 20) * 5 + noise, 'flat'],
  ['falling', (time) => 1_000 - time, 'flat'],
  ['slower than the share', (time) => 1_000 + time / 5, 'flat'],
  ['growing', (time) => 100 + time, 'grows'],
  ['growing beneath noise', (time, noise) => 100 + time / 2 + 100 * noise, 'grows'],
  ['a growing saw of garbage', (time, noise) => 100 + (time % 20) * 5 + time / 2 + noise, 'grows'],
  ['a queue that is never emptied', (time) => Math.floor(time / 3), 'grows'],
])('a series that is %s is judged rightly', (_, valueAt, verdict) => {
  expect(judge(series(valueAt), limits).verdict).toBe(verdict)
})

test('a few samples are judged by nobody', () => {
  expect(judge([], limits).verdict).toBe('too short')
  expect(
    judge(
      [
        [0, 1],
        [1, 1_000],
      ],
      limits,
    ).verdict,
  ).toBe('too short')
})

test('a series that is shorter than the least time is not judged', () => {
  const growing = series((time) => 100 + time)
  expect(judge(growing, { ...limits, least: 299 }).verdict).toBe('grows')
  expect(judge(growing, { ...limits, least: 300 }).verdict).toBe('too short')
})
