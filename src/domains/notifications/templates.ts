import type { Template, Templates } from './template.ts'
import { german } from './templates-de.ts'
import { english } from './templates-en.ts'

/** Languages that notifications are written in. */
export const locales = ['en', 'de'] as const
/** See `locales`. */
export type Locale = (typeof locales)[number]

/** The templates of every language; each has the same ones. */
export const templates: Readonly<Record<Locale, Templates>> = { en: english, de: german }

/** Returns the language for a language tag (BCP 47): English, where there are no templates in it. */
export const localeOf = (tag: string): Locale =>
  locales.find((locale) => tag.toLowerCase().split('-')[0] === locale) ?? 'en'

/** A template with its values. */
export type Filled = { readonly name: string; readonly values: Readonly<Record<string, string>> }

/** Words of a notification. */
export type Written = { readonly subject: string; readonly text: string; readonly sms: string }

const place = /\{([a-z][A-Za-z0-9]*)\}/g

/** Returns the names of the values that a template needs. */
export const valuesOf = ({ subject, text, sms = '' }: Template): readonly string[] => [
  ...new Set([...`${subject} ${text} ${sms}`.matchAll(place)].map(([, name = '']) => name)),
]

/**
 * Writes a notification in a language.
 * @param count number of notifications that were gathered into this one
 * @returns undefined when there is no such template, or a value is missing
 */
export const written = (
  { name, values }: Filled,
  locale: Locale,
  count = 1,
): Written | undefined => {
  const all = templates[locale]
  const template = Object.hasOwn(all, name) ? all[name] : undefined
  if (!template || valuesOf(template).some((value) => !Object.hasOwn(values, value)))
    return undefined
  const wordsFor = (value: string): string => {
    const given = values[value] ?? ''
    const words = template.words?.[value] ?? {}
    return (Object.hasOwn(words, given) ? words[given] : undefined) ?? words.other ?? given
  }
  const fill = (text: string) => text.replaceAll(place, (_, value: string) => wordsFor(value))
  const several = count > 1 ? template.several?.replaceAll('{count}', String(count)) : undefined
  const subject = several ?? fill(template.subject)
  const text = fill(template.text)
  return {
    subject,
    text,
    sms: several === undefined && template.sms ? fill(template.sms) : `${subject}. ${text}`,
  }
}

/**
 * Returns a notification as it is requested, in English, with its template for other languages.
 * @param name of the template: its part before the dot is the type
 * @throws Error for an unknown template or a missing value
 */
export const templated = (name: string, values: Filled['values'] = {}) => {
  const english = written({ name, values }, 'en')
  if (!english) throw new Error(`There is no template ${name} with these values`)
  const { subject, text } = english
  return { type: name.split('.', 1)[0] ?? name, subject, text, template: { name, values } }
}
