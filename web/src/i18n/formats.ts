import { useMemo } from 'react'
import { useLanguage, type Language } from './language.tsx'

/** An amount in minor units, and its currency (ISO 4217). */
export type Money = { readonly amount: number; readonly currency: string }

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' }

/** Number of minor units in a unit of a currency, as a power of ten: 2 for EUR, 0 for JPY. */
const exponentOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits ?? 2

/** Returns minor units of a typed amount: `12,50` and `12.50` are 1250 in EUR; undefined if it is no amount. */
export const minorUnits = (typed: string, currency: string): number | undefined => {
  const digits = exponentOf(currency)
  const match = /^\s*(\d{1,12})(?:[.,](\d+))?\s*$/.exec(typed)
  if (!match) return undefined
  const [, whole = '', fraction = ''] = match
  if (fraction.length > digits) return undefined
  return Number(whole + fraction.padEnd(digits, '0'))
}

/** Returns an amount as it is typed: 1250 in EUR is `12.50`. */
export const typedAmount = ({ amount, currency }: Money): string => {
  const digits = exponentOf(currency)
  if (digits === 0) return String(amount)
  const text = String(amount).padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

const divisions: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
]

/** Returns how numbers, money and moments are written in a language. */
export const formatsOf = (language: Language) => {
  const locale = locales[language]
  const numbers = new Intl.NumberFormat(locale)
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const precise = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  return {
    number: (value: number): string => numbers.format(value),
    percent: (share: number): string =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    /** The amount is written from its digits, as a division would round great ones. */
    money: ({ amount, currency }: Money): string => {
      const sign = amount < 0 ? '-' : ''
      const typed = typedAmount({ amount: Math.abs(amount), currency })
      return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(
        `${sign}${typed}` as Intl.StringNumericLiteral,
      )
    },
    day: (at: string | number): string => day.format(new Date(at)),
    /** A month in UTC: of `2030-01`. */
    month: (at: string): string => month.format(new Date(at)),
    moment: (at: string | number): string => moment.format(new Date(at)),
    /** The time of day. */
    time: (at: string | number): string => time.format(new Date(at)),
    precise: (at: string | number): string => precise.format(new Date(at)),
    /** "3 minutes ago", "in 2 days"; from a month on the day. */
    ago: (at: string | number, now: number): string => {
      let distance = (new Date(at).getTime() - now) / 1_000
      for (const [unit, most] of divisions) {
        if (Math.abs(distance) < most) return relative.format(Math.round(distance), unit)
        distance /= most
      }
      return day.format(new Date(at))
    },
    bytes: (size: number): string => {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte']
      const power = Math.min(3, Math.floor(Math.log10(Math.max(size, 1)) / 3))
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: units[power]!,
        unitDisplay: 'short',
        maximumFractionDigits: 1,
      }).format(size / 1_000 ** power)
    },
    compare: new Intl.Collator(locale).compare,
  }
}

/** How numbers, money and moments are written in the language of the page, in the time zone of the browser. */
export type Formats = ReturnType<typeof formatsOf>

/** Returns how numbers, money and moments are written in the language of the page. */
export const useFormats = (): Formats => {
  const { language } = useLanguage()
  return useMemo(() => formatsOf(language), [language])
}
