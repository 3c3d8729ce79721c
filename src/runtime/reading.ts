import type { AnyProjection, Projection } from '#kernel'
import type { Found, Query } from '../platform/storage/documents/port.ts'

/** Asks read models, and says how fresh each answer is: everything up to `position` is in it. */
export type ReadModels = {
  /**
   * One document.
   * @param minPosition waits until the read model has reached this position
   * @throws NotCaughtUp when it did not in time
   * @throws Unavailable when the store is away
   */
  readonly get: <D>(
    projection: Projection<D>,
    key: string,
    minPosition?: bigint,
  ) => Promise<{ readonly document: D | undefined; readonly position: bigint }>
  /** Documents that match; the parameter and the errors are those of `get`. */
  readonly find: <D>(
    projection: Projection<D>,
    query: Query,
    minPosition?: bigint,
  ) => Promise<Found<D> & { readonly position: bigint }>
  /** Waits until the read model has seen everything recorded so far, and returns how far that was. */
  readonly catchUp: (projection: AnyProjection) => Promise<bigint>
}

/** A read model did not reach the position asked for in time; asking again a little later helps. */
export class NotCaughtUp extends Error {
  override name = 'NotCaughtUp'
}

/**
 * One document, also when what made it was recorded a moment ago: a miss waits until the read model has seen
 * everything recorded so far, and looks again, so that no link from an answer leads nowhere.
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
