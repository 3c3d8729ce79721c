/** The id of something that is there when the request is sent; which one, is decided then. */
export class Ref {
  /** Kind of the id: the title of its schema, `OrderId`. */
  readonly kind: string
  /** Chooses among the ids of the kind; from 0 on, taken modulo their number. */
  readonly at: number
  /** Whether ids that the caller has seen are preferred. */
  readonly isOwn: boolean
  /** Written before it: `order-` in the name of a stream. */
  readonly prefix: string

  constructor(kind: string, at: number, isOwn: boolean, prefix = '') {
    this.kind = kind
    this.at = at
    this.isOwn = isOwn
    this.prefix = prefix
  }
}

/** A text repeated so often that a report had better not print it. */
export class Repeated {
  readonly text: string
  readonly times: number

  constructor(text: string, times: number) {
    this.text = text
    this.times = times
  }
}

/** A value within so many objects or lists. */
export class Nested {
  readonly kind: 'object' | 'array'
  readonly depth: number

  constructor(kind: 'object' | 'array', depth: number) {
    this.kind = kind
    this.depth = depth
  }
}

/** Finds the id of a reference for a caller. */
export type Find = (ref: Ref) => string

const nested = ({ kind, depth }: Nested): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = kind === 'array' ? [value] : { a: value }
  return value
}

/** Returns a value with ids, long texts and deep values in place of their descriptions. */
export const resolved = (value: unknown, find: Find): unknown => {
  if (value instanceof Ref) return `${value.prefix}${find(value)}`
  if (value instanceof Repeated) return value.text.repeat(value.times)
  if (value instanceof Nested) return nested(value)
  if (Array.isArray(value)) return value.map((one) => resolved(one, find))
  if (typeof value !== 'object' || value === null) return value
  // Properties are defined, not assigned: one of them may be `__proto__`.
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, find)]))
}

/** Returns a value as a text, for parameters and headers. */
export const textOf = (value: unknown, find: Find): string => {
  const text = resolved(value, find)
  return typeof text === 'string' ? text : String(JSON.stringify(text))
}

/** Returns the references within a value. */
export const refsIn = (value: unknown): readonly Ref[] => {
  if (value instanceof Ref) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(refsIn) : []
}

/** Returns a value with references to what the caller has seen, in place of all others. */
export const withOwnRefs = (value: unknown): unknown => {
  if (value instanceof Ref) return new Ref(value.kind, value.at, true, value.prefix)
  if (Array.isArray(value)) return value.map(withOwnRefs)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  if (value instanceof Repeated || value instanceof Nested) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withOwnRefs(one)]))
}
