import { idOf, type Catalogue, type RecordedEvent } from '#kernel'
import { NewerVersion } from '../../../platform/newer-version.ts'
import { Problem } from '../../../serving/problem.ts'

/**
 * Returns an event with masked secret and personal fields, to be folded for analysts.
 * @throws NewerVersion for an event of a newer version
 */
export const eventToFold = (
  { masked, streamTold, unreadable }: Pick<Catalogue, 'masked' | 'streamTold' | 'unreadable'>,
  event: RecordedEvent,
): RecordedEvent => {
  const { type, data, metadata } = event
  const stream = streamTold(event.stream)
  const newer = unreadable(event)
  if (newer !== undefined) throw new NewerVersion({ type, stream }, newer)
  return { ...event, stream, id: idOf(stream), data: masked(type, data, metadata.schemaVersion) }
}

/** Returns the answer for an event that cannot be folded with masked data. @param advice what to request instead */
export const notFoldable = (
  { type, revision }: RecordedEvent,
  advice: string,
  cause: unknown,
): Problem =>
  new Problem(
    409,
    'not_foldable',
    `Revision ${revision} (${type}) cannot be folded with masked data; ${advice}.`,
    undefined,
    { cause },
  )
