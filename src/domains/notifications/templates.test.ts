import { expect, test } from 'vitest'
import { kinds } from './kinds.ts'
import { localeOf, locales, templated, templates, valuesOf, written } from './templates.ts'

const names = Object.keys(templates.en)

test('every language has the same templates, which need the same values and have words for the same codes', () => {
  for (const locale of locales) {
    expect(Object.keys(templates[locale])).toEqual(names)
    for (const name of names) {
      const [one, other] = [templates[locale][name]!, templates.en[name]!]
      expect(valuesOf(one).toSorted(), name).toEqual(valuesOf(other).toSorted())
      expect('several' in one, name).toBe('several' in other)
      const codes = (words = {}) => Object.entries(words).map(([at, of]) => [at, Object.keys(of!)])
      expect(codes(one.words), name).toEqual(codes(other.words))
    }
  }
})

test.each(locales.flatMap((locale) => names.map((name) => [locale, name] as const)))(
  'in %s, %s is rendered for every channel, with each code in words',
  (locale, name) => {
    const template = templates[locale][name]!
    const needed = valuesOf(template)
    const values = Object.fromEntries(needed.map((value) => [value, `<${value}>`]))
    const [one, several] = [1, 3].map((count) => written({ name, values }, locale, count))
    for (const made of [one, several])
      for (const words of Object.values(made!)) {
        expect(words).not.toMatch(/[{}]/)
        expect(words.length).toBeGreaterThan(3)
      }
    expect(several!.subject.includes('3')).toBe('several' in template)
    for (const [value, words] of Object.entries(template.words ?? {}))
      for (const [code, word] of Object.entries(words)) {
        const filled = written({ name, values: { ...values, [value]: code } }, locale)
        expect(filled?.text).toContain(word)
      }
  },
)

test('every kind has a template, except those whose words are written by people or other contexts', () => {
  const types = new Set(names.map((name) => name.split('.', 1)[0]))
  const free = [
    'promotion',
    'search_index_rebuilt',
    'metric_threshold_breached',
    'alert_resolved',
    'report_completed',
    'report_failed',
  ]
  expect(Object.keys(kinds).filter((type) => !types.has(type) && !free.includes(type))).toEqual([])
  expect([...types].filter((type) => !(type! in kinds))).toEqual([])
})

test('an unknown template or a missing value gives nothing', () => {
  expect(written({ name: 'toString', values: {} }, 'en')).toBeUndefined()
  expect(written({ name: 'order_confirmed', values: {} }, 'de')).toBeUndefined()
  expect(() => templated('order_confirmed')).toThrow('order_confirmed')
})

test('values are inserted as they are, also those that look like places or patterns', () => {
  const values = { summary: '$& {text} {summary}' }
  expect(written({ name: 'order_confirmed', values }, 'en')?.text).toBe(
    'Your order of $& {text} {summary}, is confirmed.',
  )
})

test('the language follows from a language tag', () => {
  expect(['de', 'de-AT', 'DE-ch', 'en-GB', 'fr', 'den'].map(localeOf)).toEqual([
    'de',
    'de',
    'de',
    'en',
    'en',
    'en',
  ])
})
