import { texts, useTexts } from '../i18n/language.tsx'

/** Units of a duration. */
export type Duration = { readonly days: number; readonly hours: number; readonly minutes: number }

const durationTexts = texts(
  {
    days: ({ days, hours }: Duration) => `${days} d ${hours} h`,
    hours: ({ hours, minutes }: Duration) => `${hours} h ${minutes} min`,
    minutes: ({ minutes }: Duration) => `${minutes} min`,
  },
  {
    days: ({ days, hours }: Duration) => `${days} T. ${hours} Std.`,
    hours: ({ hours, minutes }: Duration) => `${hours} Std. ${minutes} Min.`,
    minutes: ({ minutes }: Duration) => `${minutes} Min.`,
  },
)

/** Splits a duration into its units. A minute that has begun counts. @param seconds at least 0 */
export const durationOf = (seconds: number): Duration => {
  const all = Math.ceil(seconds / 60)
  return { days: Math.floor(all / 1_440), hours: Math.floor(all / 60) % 24, minutes: all % 60 }
}

/** Returns how a duration in seconds is written: by its two largest units. */
export const useDuration = (): ((seconds: number) => string) => {
  const t = useTexts(durationTexts)
  return (seconds) => {
    const duration = durationOf(seconds)
    const unit = duration.days > 0 ? 'days' : duration.hours > 0 ? 'hours' : 'minutes'
    return t[unit](duration)
  }
}
