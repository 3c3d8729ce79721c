/**
 * Values of one computation that may not fit into memory: dropped with it, never durable. Values are JSON; the order of keys is
 * that of their UTF-8 bytes.
 */
export type Scratch = {
  /** Returns the value of a key in a space; undefined if it has none. */
  readonly get: (space: string, key: string) => unknown
  readonly set: (space: string, key: string, value: unknown) => void
  /** @returns whether the key had a value */
  readonly delete: (space: string, key: string) => boolean
  /** Returns the least key of a space with its value; undefined for an empty space. */
  readonly first: (space: string) => readonly [key: string, value: unknown] | undefined
  /** Iterates over a space in the order of its keys. It may be changed meanwhile, except before the present key. */
  readonly entries: (space: string) => Iterable<readonly [key: string, value: unknown]>
  /** Drops everything. */
  readonly close: () => void
}
