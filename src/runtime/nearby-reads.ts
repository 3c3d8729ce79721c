import type { AnyProjection } from '#kernel'
import type { NearbyReads } from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Freshness } from './freshness.ts'
import type { ReadModels } from './reading.ts'

/**
 * Reads without a position from the nearest member of a store's replica set, which may lag behind: the answer says the
 * position that this member has reached. Those with a position, searches, and what no member answers are read from the
 * primary.
 * @param nearby answers undefined for read models of other stores
 * @param options.freshness judges reads that the nearest member answers. Default: they are not judged
 */
export const nearbyReads = (
  primary: ReadModels,
  nearby: NearbyReads,
  { freshness }: { readonly freshness?: Pick<Freshness, 'read'> } = {},
): ReadModels => {
  /** @returns undefined when the primary has to answer */
  const asked = async <Answer>(
    { store }: AnyProjection,
    minPosition: bigint | undefined,
    ask: () => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> => {
    if (minPosition !== undefined || store !== 'mongo') return undefined
    return ask().catch((error: unknown) => {
      // One member that does not answer is no outage; where all are away, the primary says so.
      if (error instanceof Unavailable) return undefined
      throw error
    })
  }

  return {
    ...primary,
    get: async (projection, key, minPosition) => {
      const found = await asked(projection, minPosition, () => nearby.get(projection, key))
      if (!found) return primary.get(projection, key, minPosition)
      freshness?.read(projection, found.position, 0)
      return { document: found.answer, position: found.position }
    },
    find: async (projection, query, minPosition) => {
      const found = await asked(projection, minPosition, () => nearby.find(projection, query))
      if (!found) return primary.find(projection, query, minPosition)
      freshness?.read(projection, found.position, 0)
      return { ...found.answer, position: found.position }
    },
  }
}
