import { describe, expect, test } from 'vitest'
import { around, piecesOf } from './marked.ts'

describe('the pieces of a highlighted text', () => {
  test('are its ranges and what is between them', () => {
    expect(
      piecesOf('a red lamp', [
        [6, 10],
        [2, 5],
      ]),
    ).toStrictEqual([
      { text: 'a ', isFound: false },
      { text: 'red', isFound: true },
      { text: ' ', isFound: false },
      { text: 'lamp', isFound: true },
    ])
  })

  test('make up the text, whatever the ranges', () => {
    const text = '<b>lamp</b> & 💡'
    for (const ranges of [
      [],
      [[0, 99]],
      [[3, 1]],
      [
        [0, 4],
        [2, 6],
      ],
      [[3, 7]],
      [[-1, 2]],
    ])
      expect(
        piecesOf(text, ranges)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text)
  })
})

describe('the part of a text around its first range', () => {
  const long = `${'word '.repeat(100)}lamp${' word'.repeat(100)}`

  test('is the text itself if it is short', () =>
    expect(around('a lamp', [[2, 6]])).toStrictEqual({ text: 'a lamp', ranges: [[2, 6]] }))

  test('has the range where it is now', () => {
    const { text, ranges } = around(long, [[500, 504]])
    expect(text.length).toBeLessThan(230)
    expect(text.startsWith('… word')).toBe(true)
    expect(text.endsWith('word …')).toBe(true)
    expect(ranges.map(([start, end]) => text.slice(start, end))).toStrictEqual(['lamp'])
  })

  test('is the beginning without a range', () =>
    expect(around(long, []).text.startsWith('word word')).toBe(true))
})
