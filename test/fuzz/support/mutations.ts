import fc, { type Arbitrary } from 'fast-check'
import { hostileKeys, hostileValues } from './hostile.ts'
import { Nested, Ref, Repeated } from './values.ts'

/** A change of a value at one of its places. */
export type Mutation = {
  /** The place: taken modulo the number of places. */
  readonly at: number
  readonly how: 'drop' | 'replace' | 'add' | 'wrap' | 'double'
  readonly value: unknown
  readonly key: string
}

type Path = readonly (string | number)[]

const isLeaf = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  value instanceof Ref ||
  value instanceof Repeated ||
  value instanceof Nested

/** Places within a value; the value itself is one. */
const placesIn = (value: unknown, path: Path = []): readonly Path[] =>
  isLeaf(value)
    ? [path]
    : [
        path,
        ...Object.entries(value as object).flatMap(([key, part]) =>
          placesIn(part, [...path, Array.isArray(value) ? Number(key) : key]),
        ),
      ]

const changed = (value: unknown, [first, ...rest]: Path, mutation: Mutation): unknown => {
  if (first === undefined) return atPlace(value, mutation)
  const isDropped = rest.length === 0 && mutation.how === 'drop'
  if (Array.isArray(value))
    return value.flatMap((part, at) =>
      at === first ? (isDropped ? [] : [changed(part, rest, mutation)]) : [part],
    )
  return Object.fromEntries(
    Object.entries(value as object).flatMap(([key, part]) =>
      key === first ? (isDropped ? [] : [[key, changed(part, rest, mutation)]]) : [[key, part]],
    ),
  )
}

const atPlace = (value: unknown, { how, key, value: other }: Mutation): unknown => {
  if (how === 'wrap') return [value]
  if (how === 'double' && Array.isArray(value)) return [...value, ...value]
  if (how === 'double') return { [key]: value }
  // `fromEntries` defines the property, where an assignment of `__proto__` would not.
  if (how === 'add' && !isLeaf(value) && !Array.isArray(value))
    return Object.fromEntries([...Object.entries(value as object), [key, other]])
  if (how === 'add' && Array.isArray(value)) return [...value, other]
  return how === 'drop' ? undefined : other
}

/** Applies mutations to a value, one after the other. */
export const mutated = (value: unknown, mutations: readonly Mutation[]): unknown =>
  mutations.reduce((before, mutation) => {
    const places = placesIn(before)
    return changed(before, places[mutation.at % places.length] ?? [], mutation)
  }, value)

/** Hostile values. */
export const hostileValue: Arbitrary<unknown> = fc.constantFrom(...hostileValues)

/** A mutation. */
const mutation: Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: 40 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'drop', 'add', 'wrap', 'double'),
  value: hostileValue,
  key: fc.constantFrom(...hostileKeys),
})

/** No mutations half of the time, else a few. */
export const someMutations: Arbitrary<readonly Mutation[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 2, maxLength: 3 }) },
)
