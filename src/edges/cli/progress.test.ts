import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { progressLine, showProgress } from './progress.ts'

describe('a line of progress', () => {
  test('shows the share, the rate and the time left', () => {
    const line = progressLine({ done: 250, total: 1_000 }, 10)
    expect(line).toBe(`${'█'.repeat(7)}${'░'.repeat(21)}   25 %  25 events/s  30 s left`)
  })

  test('prefers a given estimate of the time left', () =>
    expect(progressLine({ done: 250, total: 1_000, secondsLeft: 90 }, 10)).toContain(
      '1 min 30 s left',
    ))

  test('computes the rate from events, not from positions', () =>
    expect(progressLine({ done: 500, total: 1_000, events: 40 }, 10)).toContain('4 events/s'))

  test('shows 100 % only when complete, with the duration', () => {
    expect(progressLine({ done: 9_999, total: 10_000 }, 10)).toContain(' 99 %')
    expect(progressLine({ done: 10_000, total: 10_000 }, 10)).toMatch(/ 100 % .* in 10 s$/)
    expect(progressLine({ done: 0, total: 0 }, 0)).toContain('100 %')
  })

  test('shows no time left before there is any progress', () =>
    expect(progressLine({ done: 0, total: 1_000 }, 1)).not.toContain('left'))
})

describe('progress', () => {
  const shownOn = (isTTY: boolean, columns = 80) => {
    const written: string[] = []
    let time = 0
    const screen = { write: (text: string) => written.push(text), isTTY, columns }
    const progress = showProgress(screen, 'Working', () => time)
    return { written, progress, pass: (ms: number) => (time += ms) }
  }

  test('adds a plain line every two seconds when the output is not a terminal', () => {
    const { written, progress, pass } = shownOn(false)
    for (let done = 0; done < 50; done += 1) {
      progress.show({ done, total: 50 })
      pass(100)
    }
    progress.show({ done: 50, total: 50 })
    progress.end()
    expect(written.length).toBe(3)
    expect(
      written.every((line) => line.startsWith('Working  █') || line.startsWith('Working  ░')),
    ).toBe(true)
    expect(written.every((line) => line === stripVTControlCharacters(line))).toBe(true)
    expect(written.at(-1)).toMatch(/100 %.*in 5.0 s\n$/)
  })

  test('overwrites one line on a terminal, no wider than the terminal', () => {
    const { written, progress, pass } = shownOn(true, 40)
    for (let done = 0; done <= 50; done += 1) {
      progress.show({ done, total: 50 })
      pass(10)
    }
    progress.end()
    expect(written.length).toBeLessThan(12)
    expect(written.slice(0, -1).every((text) => text.startsWith('\r\u001b[2K'))).toBe(true)
    expect(written.slice(0, -1).every((text) => text.slice(5).length < 40)).toBe(true)
    expect(written.join('').split('\n').length).toBe(2)
  })

  test('prints nothing when there was no progress', () => {
    const { written, progress } = shownOn(true)
    progress.end()
    expect(written).toEqual([])
  })
})
