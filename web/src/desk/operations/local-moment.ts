const two = (value: number): string => String(value).padStart(2, '0')

/** Returns a moment as fields of the type `datetime-local` have it, in the time zone of the browser. @param at ISO 8601 */
export const localMoment = (at: string | undefined): string => {
  if (at === undefined) return ''
  const moment = new Date(at)
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`
}
