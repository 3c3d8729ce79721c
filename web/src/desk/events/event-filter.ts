import { known, type Given } from '../../ui/search-values.ts'

/** Which events the browser shows, as its address says. */
export type EventFilter = {
  /** Names of categories, separated by commas. */
  readonly category?: string
  /** Names of event types, separated by commas. */
  readonly type?: string
  readonly fromPosition?: string
  readonly toPosition?: string
  /** ISO 8601. */
  readonly fromTime?: string
  readonly toTime?: string
}

/** A page of events, as the address says: `before` or `after` a position; else the newest. */
export type EventsSearch = EventFilter & {
  readonly before?: string
  readonly after?: string
}

const textIn = (given: Given, name: string, pattern: RegExp): string | undefined => {
  const value = given[name]
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && pattern.test(text.trim()) ? text.trim() : undefined
}

const namesPattern = /^[A-Za-z0-9]+(?:,[A-Za-z0-9]+)*$/
const positionPattern = /^\d{1,18}$/

/** Returns names as the API wants them, of a typed list: `order, payment` is `order,payment`. */
export const typedNames = (typed: string): string =>
  typed
    .split(/[\s,;]+/)
    .filter(Boolean)
    .join(',')

/** Returns a moment in UTC of a `datetime-local` field in the browser's time zone; undefined if it is none. */
export const typedMoment = (typed: string): string | undefined => {
  const time = Date.parse(typed)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

/** Returns the text of a `datetime-local` field for a moment; empty without one. */
export const localMoment = (moment: string | undefined): string => {
  if (moment === undefined) return ''
  const time = new Date(moment)
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000)
  return local
    .toISOString()
    .slice(0, -1)
    .replace(/\.000$/, '')
}

const momentIn = (given: Given, name: string): string | undefined => {
  const text = textIn(given, name, /^\d{4}-\d{2}-\d{2}/)
  return text === undefined ? undefined : typedMoment(text)
}

/** Reads a filter from an address or a form; what it does not know is left out. */
export const eventFilter = (given: Given): EventFilter =>
  known({
    category: textIn(given, 'category', namesPattern),
    type: textIn(given, 'type', namesPattern),
    fromPosition: textIn(given, 'fromPosition', positionPattern),
    toPosition: textIn(given, 'toPosition', positionPattern),
    fromTime: momentIn(given, 'fromTime'),
    toTime: momentIn(given, 'toTime'),
  })

/** Reads which page of which events an address asks for. */
export const eventsSearch = (given: Given): EventsSearch => {
  const before = textIn(given, 'before', positionPattern)
  const after = textIn(given, 'after', positionPattern)
  return {
    ...eventFilter(given),
    ...(before !== undefined ? { before } : after !== undefined && { after }),
  }
}
