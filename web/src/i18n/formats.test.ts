import { expect, test } from 'vitest'
import { formatsOf, minorUnits, typedAmount } from './formats.ts'

test.each([
  ['12.50', 'EUR', 1_250],
  ['12,5', 'EUR', 1_250],
  [' 7 ', 'EUR', 700],
  ['1500', 'JPY', 1_500],
  ['1.234', 'TND', 1_234],
  ['12.505', 'EUR', undefined],
  ['1.5', 'JPY', undefined],
  ['-3', 'EUR', undefined],
  ['1,000.00', 'EUR', undefined],
  ['', 'EUR', undefined],
])('%j in %s is %s minor units', (typed, currency, amount) => {
  expect(minorUnits(typed, currency)).toBe(amount)
})

test.each([
  [1_250, 'EUR', '12.50'],
  [5, 'EUR', '0.05'],
  [0, 'EUR', '0.00'],
  [1_500, 'JPY', '1500'],
])('%s minor units in %s are typed as %s', (amount, currency, typed) => {
  expect(typedAmount({ amount, currency })).toBe(typed)
  expect(minorUnits(typed, currency)).toBe(amount)
})

const plain = (text: string): string => text.replaceAll(/\s/g, ' ')

test('money is exact also where a division would round, and written as the language writes it', () => {
  const great = { amount: 999_999_999_999_999, currency: 'EUR' }
  expect(plain(formatsOf('en').money(great))).toBe('€9,999,999,999,999.99')
  expect(plain(formatsOf('de').money(great))).toBe('9.999.999.999.999,99 €')
  expect(plain(formatsOf('de').money({ amount: -5, currency: 'EUR' }))).toBe('-0,05 €')
  expect(plain(formatsOf('en').money({ amount: 1_500, currency: 'JPY' }))).toBe('JP¥1,500')
})

test.each([
  [-20_000, '20 seconds ago'],
  [-60 * 60_000, '1 hour ago'],
  [2 * 24 * 60 * 60_000, 'in 2 days'],
])('a moment %s ms from now is %s', (distance, text) => {
  const now = Date.UTC(2030, 0, 15)
  expect(formatsOf('en').ago(now + distance, now)).toBe(text)
})

test('a moment of another month is a date', () => {
  expect(formatsOf('de').ago(Date.UTC(2029, 5, 1, 12), Date.UTC(2030, 0, 15))).toBe('01.06.2029')
})

test('sizes are written in the unit that suits them', () => {
  expect(plain(formatsOf('en').bytes(1_500_000))).toBe('1.5 MB')
  expect(plain(formatsOf('de').bytes(900))).toBe('900 Byte')
})
