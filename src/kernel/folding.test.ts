import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { folded } from './folding.ts'

/** Any code point except surrogates. Fast-check's `binary` is the same, but prepares all of them first. */
const codePoint = fc
  .oneof(fc.integer({ max: 0xd7ff, min: 0 }), fc.integer({ max: 0x10ffff, min: 0xe000 }))
  .map((code) => String.fromCodePoint(code))

describe('a folded text', () => {
  test.each([
    ['Crème', 'creme'],
    ['Cre\u0300me', 'creme'],
    ['Müller', 'muller'],
    ['STRASSE', 'strasse'],
    ['Straße', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['Οδός', 'οδοσ'],
    ['İstanbul', 'istanbul'],
    ['ISTANBUL', 'istanbul'],
    ['ıstanbul', 'istanbul'],
    ['ﬁne', 'fine'],
    ['Ｔｅａ', 'tea'],
    ['Smørrebrød', 'smorrebrod'],
    ['Łódź', 'lodz'],
    ['Ægir', 'aegir'],
    ['Ёлка', 'елка'],
    ['soft\u00adhyphen', 'softhyphen'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['한글', '한글'],
    ['\u1112\u1161\u11ab', '한'],
    ['हिन्दी', 'हिन्दी'],
    ['が', 'が'],
    ['100% a_b', '100% a_b'],
  ])('%s is %s', (text, same) => expect(folded(text)).toBe(same))

  test('is the same in every normal form and in upper and lower case', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const one = folded(text)
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
          expect(folded(text.normalize(form))).toBe(one)
        expect(folded(text.toUpperCase())).toBe(one)
        expect(folded(text.toLowerCase())).toBe(one)
      }),
    ))

  test('is the same on the fast path for ASCII as on the general path', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        // The letter after it forces the general path.
        expect(folded(`${text}é`)).toBe(`${folded(text)}e`)
      }),
    ))

  test('does not change when it is folded again', () =>
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (text) => {
        expect(folded(folded(text))).toBe(folded(text))
      }),
    ))
})
