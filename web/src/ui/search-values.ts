/** What an address or a form gives, of which nothing is known. */
export type Given = Readonly<Record<string, unknown>>

/** Returns a text without spaces around it; the router reads one of digits as a number. Undefined for none. */
export const textIn = (value: unknown): string | undefined =>
  (typeof value === 'string' || typeof value === 'number') && String(value).trim() !== ''
    ? String(value).trim()
    : undefined

/** Returns a whole number between two others, both included; undefined for anything else. */
export const wholeIn = (
  value: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
    ? value
    : undefined

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Returns an id; undefined for anything else. */
export const idIn = (value: unknown): string | undefined =>
  typeof value === 'string' && uuid.test(value) ? value : undefined

/** Returns a value that is one of some; undefined for anything else. */
export const oneOf = <const T>(all: readonly T[], value: unknown): T | undefined =>
  all.find((one) => one === value)

type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Returns the values that are known, so that an address has no others. */
export const known = <T extends object>(values: T): Known<T> => {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  // What is left has no undefined value.
  return Object.fromEntries(entries) as Known<T>
}
