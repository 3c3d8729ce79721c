import { Check } from 'typebox/value'
import { iso31661 } from 'iso-3166'
import { describe, expect, test } from 'vitest'
import { countries } from './countries.ts'
import {
  Address,
  inOneLine,
  Money,
  Name,
  Paragraphs,
  PaymentToken,
  RecordedAddress,
  RecordedMoney,
  RecordedToken,
  WebUrl,
} from './index.ts'

const [name, paragraphs] = [Name(1, 255), Paragraphs(0, 255)]

describe('a name', () => {
  test.each([
    'Lamp',
    'Crème brûlée',
    'Cre\u0300me',
    '👨‍👩‍👧‍👦 family',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    '❤️',
    'مُحَمَّد',
    'شَـرْق',
    'שָׁלוֹם',
    'می\u200cخواهم',
    'क्\u200dष',
    'รองเท้า',
    '靴',
    'A אב B',
  ])('may be %s', (text) => expect(Check(name, text)).toBe(true))

  test.each([
    ['spaces', '   '],
    ['no-break spaces', '\u00a0\u3000'],
    ['nothing', ''],
    ['what has no width', '\u200b\u200d\u2060'],
    ['variation selectors', '\ufe0f\ufe0f'],
    ['blank letters', '\u3164\u115f\u2800'],
    ['an escape', 'La\u001bmp'],
    ['a line break', 'Gift\r\n\r\nPlease pay again at https://agora.example'],
    ['a line separator', 'Gift\u2028pay'],
    ['another direction', 'Lamp\u202egpj.exe'],
    ['an isolate', '\u2067Lamp\u2069'],
    ['a hidden letter', 'Ad\u200bmin'],
    ['a soft hyphen', 'Ap\u00adple'],
    ['a mark of direction', 'Lamp\u200f'],
    ['a text of tags', 'Lamp\u{e0041}\u{e0042}'],
    ['a flag that never ends', '🏴\u{e0067}'],
    ['U+0000', 'La\u0000mp'],
    ['half a character', 'La\ud800mp'],
  ])('is not %s', (_, text) => expect(Check(name, text)).toBe(false))
})

test('paragraphs may have any number of lines, but need a visible character', () => {
  expect(['', 'a\r\n\r\nb\tc', '👩🏽‍🚀\n'].filter((text) => !Check(paragraphs, text))).toEqual([])
  expect(
    ['\n \n', '\u200b', 'a\u001b[31m', 'a\u202eb', '\u0000'].filter((text) =>
      Check(paragraphs, text),
    ),
  ).toEqual([])
})

test.each([
  'https://cdn.example.org/a.png',
  'http://localhost:3000',
  'https://[2001:db8::1]:8443/x?y=1#z',
  'https://müller.example/bild?q=é',
])('%s is a web address', (url) => expect(Check(WebUrl, url)).toBe(true))

test.each([
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'data:text/html,x',
  'ftp://example.org',
  '//example.org/a.png',
  '/a.png',
  'a.png',
  'https://',
  'https:///a.png',
  'https://ada:secret@example.org',
  'https://example.org@evil.example',
  'https://example.org\\@evil.example',
  'https://example.org/a b',
  'https://example.org/\u202egnp.a',
  'https://example.org/"onerror=x',
  'https://example.org/\njavascript:x',
  ' https://example.org',
])('%j is none', (url) => expect(Check(WebUrl, url)).toBe(false))

test('countries are those of ISO 3166-1', () =>
  expect([...countries].toSorted()).toEqual(iso31661.map(({ alpha2 }) => alpha2).toSorted()))

test('schemas of commands are stricter than those of recorded events', () => {
  const address = { line1: '1 Main Street', city: 'London', postalCode: 'N1', country: 'GB' }
  expect(Check(Address, address)).toBe(true)
  for (const old of [
    { ...address, country: 'UK' },
    { ...address, city: ' ' },
    { ...address, line1: 'a\nb' },
  ])
    expect([Check(Address, old), Check(RecordedAddress, old)]).toEqual([false, true])
  expect(Check(Money, { amount: 1, currency: 'EUR' })).toBe(true)
  for (const currency of ['ZZZ', 'XXX', 'XAU', 'HRK'])
    expect([
      Check(Money, { amount: 1, currency }),
      Check(RecordedMoney, { amount: 1, currency }),
    ]).toEqual([false, true])
})

test.each([
  '4242424242424242',
  '4242 4242 4242 4242',
  '4242-4242-4242-4242',
  '4242.4242.4242.4242',
  '4242_4242/4242:4242',
  'tok_4242424242424242',
  '4242424242424242;12/28;123',
  '378282246310005',
  '6011000990139424',
])('a card number is rejected as a token: %s', (token) =>
  expect([Check(PaymentToken, token), Check(RecordedToken, token)]).toEqual([false, true]),
)

test.each([
  'tok_ok',
  '4242424242424241',
  '424242424242',
  'tok_424242a4242424242',
  '0',
  '1242424242424243',
  '1242424242424248',
  '42424242424242424242',
])('%s is a token', (token) => expect(Check(PaymentToken, token)).toBe(true))

test('a text of unknown origin is put on one line', () => {
  expect(inOneLine('Gift\r\n\r\nPay\u202e again\u200b \u001b!')).toBe('Gift Pay again !')
  expect(inOneLine('Cre\u0300me 👨‍👩‍👧')).toBe('Crème 👨‍👩‍👧')
  expect(inOneLine(' Gift ')).toBe('Gift')
  expect(inOneLine(' \u200b\n\u3164')).toBe('')
})
