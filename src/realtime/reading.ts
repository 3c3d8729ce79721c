import type { Projection } from '#kernel'
import type { ReadModels } from '../platform/runtime/reading.ts'

/**
 * One document, also when what made it was recorded a moment ago: a miss waits until the read model has seen
 * everything recorded so far, and looks again.
 */
export const readOne = async <D>(
  readModels: ReadModels,
  projection: Projection<D>,
  key: string,
  minPosition?: bigint,
): Promise<{ readonly document: D | undefined; readonly position: bigint }> => {
  const found = await readModels.get(projection, key, minPosition)
  if (found.document !== undefined) return found
  return readModels.get(projection, key, await readModels.catchUp(projection))
}
