import type { DocumentStore, Generation } from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { partOf } from './parts.ts'

/**
 * Makes a generation whole: holds its parts, whose runners can no longer write, folds each to the furthest position of
 * all, and joins them. Begun again after a crash at any point, it goes on where it was.
 * @param deps.foldTo folds one part up to a position
 * @param deps.check throws when this process may not manage the generation any more
 * @returns the position that it stands at
 * @throws Unavailable when another process has held the parts meanwhile
 */
export const gatherParts = async (
  generation: Generation,
  {
    documents,
    foldTo,
    check,
  }: {
    readonly documents: Pick<DocumentStore, 'hold' | 'join' | 'position'>
    readonly foldTo: (part: Generation, to: bigint) => Promise<unknown>
    readonly check: () => void
  },
): Promise<bigint> => {
  check()
  const parts = await documents.hold(generation)
  const [first] = parts
  if (!first) return documents.position(generation)
  let to = 0n
  for (const { position } of parts) if (position > to) to = position
  for (const part of parts) if (part.position < to) await foldTo(partOf(generation, part), to)
  check()
  if (!(await documents.join(generation, first.epoch)))
    throw new Unavailable(`The parts of ${generation.projection.name} are held by another process`)
  return to
}
