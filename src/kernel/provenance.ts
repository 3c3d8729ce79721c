import type { RecordedEvent } from './message.ts'
import type { AnyProjection } from './projection.ts'

/** A field of a document, and the events that have changed it. */
export type FieldOrigin = {
  /** JSON pointer (RFC 6901); empty for the document itself. */
  readonly path: string
  /** Indexes of the events, oldest first: the last one gave the field its value. */
  readonly changedBy: readonly number[]
}

/** A document, and which events its fields have their values from. */
export type Provenance = {
  /** Undefined where the events yield no document, or removed it. */
  readonly document: unknown
  /** All fields of the document, those of nested objects and arrays too, in its order. */
  readonly fields: readonly FieldOrigin[]
}

type Container = Readonly<Record<string, unknown>>

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null

const isSameKind = (a: Container, b: Container): boolean => Array.isArray(a) === Array.isArray(b)

const below = (path: string, name: string): string =>
  `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** The paths of a value and of everything in it; none of `undefined`, which JSON leaves out. */
const pathsIn = (value: unknown, path = ''): readonly string[] => {
  if (value === undefined) return []
  if (!isContainer(value)) return [path]
  return [path, ...Object.entries(value).flatMap(([name, one]) => pathsIn(one, below(path, name)))]
}

/** The value of a field; a name such as `valueOf` may be one, and is inherited by every object. */
const own = (value: Container, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined

/** The paths at which two values differ, with those around and in them. */
const changedPaths = (before: unknown, after: unknown, path = ''): readonly string[] => {
  if (Object.is(before, after)) return []
  if (!isContainer(before) || !isContainer(after) || !isSameKind(before, after))
    return [...new Set([...pathsIn(before, path), ...pathsIn(after, path)])]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const changed = [...names].flatMap((name) =>
    changedPaths(own(before, name), own(after, name), below(path, name)),
  )
  return changed.length === 0 ? [] : [path, ...changed]
}

/**
 * Folds events into one document, as `documentOf` does, and notes by which event each field was changed. An event that
 * replaces a field by an equal value has not changed it.
 * @param events all events that concern the document, oldest first
 */
export const foldWithProvenance = (
  projection: Pick<AnyProjection, 'evolve'>,
  events: readonly RecordedEvent[],
  key: string,
): Provenance => {
  const changes = new Map<string, number[]>()
  let document: unknown
  for (const [nth, event] of events.entries()) {
    const next = projection.evolve(document as never, event, key)
    for (const path of changedPaths(document, next)) {
      const before = changes.get(path)
      if (before) before.push(nth)
      else changes.set(path, [nth])
    }
    document = next
  }
  return {
    document,
    fields: pathsIn(document).map((path) => ({ path, changedBy: changes.get(path) ?? [] })),
  }
}
