import { code, data } from 'currency-codes'
import { describe, expect, test } from 'vitest'
import { currencies, minorDigitsOf, moneyInWords, unusualDigits } from './money.ts'

/** Codes without a minor unit in the standard (N.A.); the package has 0 for them. */
const withoutMinorUnit = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ')

/** Codes of amendments that are newer than the package's list. Remove those that the package has. */
const sinceThen = ['XCG']

describe('currencies', () => {
  test('are those of ISO 4217 that have a minor unit', () => {
    const listed = data.map((entry) => entry.code).filter((one) => !withoutMinorUnit.includes(one))
    expect([...currencies].toSorted()).toEqual([...listed, ...sinceThen].toSorted())
    expect(sinceThen.filter((one) => code(one))).toEqual([])
  })

  test('have the minor units of ISO 4217', () =>
    expect(
      [...currencies]
        .filter((one) => !sinceThen.includes(one))
        .filter((one) => minorDigitsOf(one) !== code(one)?.digits),
    ).toEqual([]))

  test('have the digits of ISO 4217 where CLDR differs', () => {
    const written = (currency: string) =>
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
        .maximumFractionDigits
    expect([written('LBP'), minorDigitsOf('LBP')]).toEqual([0, 2])
    expect([written('IQD'), minorDigitsOf('IQD')]).toEqual([0, 3])
  })

  test('are unusual when their minor unit does not have two digits', () =>
    expect([...currencies].filter((one) => minorDigitsOf(one) !== 2)).toEqual([
      ...unusualDigits.keys(),
    ]))
})

test.each([
  [1_999, 'EUR', '19.99 EUR'],
  [5, 'EUR', '0.05 EUR'],
  [0, 'EUR', '0.00 EUR'],
  [-1_999, 'EUR', '-19.99 EUR'],
  [1_999, 'JPY', '1999 JPY'],
  [0, 'JPY', '0 JPY'],
  [1_999, 'KWD', '1.999 KWD'],
  [7, 'KWD', '0.007 KWD'],
  [1_999, 'IQD', '1.999 IQD'],
  [1_999, 'LBP', '19.99 LBP'],
  [1_999, 'CLF', '0.1999 CLF'],
  [999_999_999_999, 'JPY', '999999999999 JPY'],
  [1_999, 'ZZZ', '19.99 ZZZ'],
])('%i minor units of %s are %s', (amount, currency, words) =>
  expect(moneyInWords({ amount, currency })).toBe(words),
)
