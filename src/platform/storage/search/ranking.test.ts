import fc from 'fast-check'
import { expect, test } from 'vitest'
import { levelOf, levels, typosOf } from './ranking.ts'

/** Words that one typo makes of a word, in code points, but for swaps. */
const changed = (word: string, letter: string): readonly string[] => {
  const letters = Array.from(word)
  return letters.flatMap((_, at) => [
    letters.toSpliced(at, 1).join(''),
    letters.toSpliced(at, 0, letter).join(''),
    letters.with(at, letter).join(''),
  ])
}

/** Words that the swap of two neighbours makes of a word. */
const swapped = (word: string): readonly string[] => {
  const [...letters] = word
  return letters.slice(1).map((one, at) => letters.toSpliced(at, 2, one, letters[at]!).join(''))
}

/** Letters that share their bits, and some of two code units. */
const letter = fc.constantFrom('a', 'b', 'c', 'z', 'A', '!', 'ß', '𝒶', '𝒷', '𐐨', '𠀀')
const wordOf = (minLength: number) =>
  fc.array(letter, { minLength, maxLength: 14 }).map((letters) => letters.join(''))

test('a word is found in spite of any typo, in letters of one or two code units', () => {
  fc.assert(
    fc.property(wordOf(3), letter, (word, other) => {
      for (const written of [...changed(word, other), ...swapped(word)])
        expect(levelOf(word, written), `${word} ${written}`).toBeGreaterThanOrEqual(levels.typo)
    }),
  )
})

test('a long word is found in spite of two typos', () => {
  // Without swaps: no piece of a word is changed twice.
  fc.assert(
    fc.property(wordOf(8), letter, letter, (word, one, two) => {
      for (const [nth, written] of changed(word, one).entries()) {
        const twice = changed(written, two)
        const again = twice[(nth * 7) % twice.length]!
        expect(levelOf(word, again), `${word} ${again}`).toBeGreaterThanOrEqual(levels.typo)
      }
    }),
    { numRuns: 50 },
  )
})

test('a word with more typos is not found', () => {
  expect(typosOf('lampe')).toBe(1)
  expect(levelOf('lampe', 'lomqe')).toBe(levels.none)
  expect(levelOf('lampe', 'almep')).toBe(levels.none)
  expect(levelOf('wohnzimmer', 'wahnzummar')).toBe(levels.none)
})
