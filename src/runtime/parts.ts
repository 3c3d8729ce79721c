import type { AnyProjection, RecordedEvent } from '#kernel'
import type { Generation, Part } from '../platform/storage/documents/port.ts'
import { isInRange } from '../platform/storage/event-log/key-hash.ts'
import { keyOfStream } from './fold.ts'

/**
 * Narrows a projection to the documents of one part. Each document belongs to one part, also where an event concerns
 * several; so does a stream whose events' documents cannot be named.
 */
export const projectionOfPart = (
  projection: AnyProjection,
  part: Pick<Part, 'part' | 'of'>,
): AnyProjection => {
  const known = new WeakMap<RecordedEvent, readonly string[]>()
  const keysOf = (event: RecordedEvent): readonly string[] => {
    try {
      return projection.keysOf(event).filter((key) => isInRange(part, key))
    } catch (error) {
      if (isInRange(part, keyOfStream(event.stream))) throw error
      return []
    }
  }
  return {
    ...projection,
    keysOf: (event) => {
      const keys = known.get(event) ?? keysOf(event)
      known.set(event, keys)
      return keys
    },
  }
}

/** A generation of which only one part is folded. */
export const partOf = (
  generation: Generation,
  { part, of, epoch }: Part,
): Generation & { readonly part: Part } => ({
  ...generation,
  projection: projectionOfPart(generation.projection, { part, of }),
  part: { part, of, epoch },
})

/**
 * Why a projection cannot be folded in parts; undefined where it can.
 * @param isInPostgres whether its documents are in PostgreSQL
 */
export const whyWhole = (projection: AnyProjection, isInPostgres: boolean): string | undefined => {
  if (projection.fanOut)
    return 'its documents fan out to others, which have to be written in the order of the log'
  if (projection.search && isInPostgres)
    return 'PostgreSQL counts the words of all of its documents together'
  return undefined
}
