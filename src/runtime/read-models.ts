import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { Search } from '../platform/storage/search/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Progress } from './progress.ts'
import type { ReadModels } from './reading.ts'
import { rememberedReads } from './remembered-reads.ts'

/**
 * Queries read models once they have reached the position that a caller names.
 * @param log has the head that `reach` waits for
 * @param options.onForgotten registers a listener for every person who is forgotten
 */
export const readModels = (
  documents: DocumentStore & Search,
  progress: Progress,
  log: Pick<EventLog, 'head'>,
  options: { readonly onForgotten?: (listener: () => void) => unknown } = {},
): ReadModels => {
  /** Read before the documents, which are then at least as fresh as it says. */
  const positionFor = (name: string, minPosition: bigint | undefined): Promise<bigint> =>
    minPosition === undefined ? progress.positionOf(name) : progress.reach(name, minPosition)

  const reads = rememberedReads(documents, options)
  const remembered = (name: string, position: bigint) =>
    reads(`${position} ${progress.replacements(name)}`)

  return {
    get: async (projection, key, minPosition) => {
      const position = await positionFor(projection.name, minPosition)
      return {
        document: await remembered(projection.name, position).get(projection, key),
        position,
      }
    },
    find: async (projection, query, minPosition) => {
      const position = await positionFor(projection.name, minPosition)
      return { ...(await remembered(projection.name, position).find(projection, query)), position }
    },
    search: async (projection, query, minPosition) => {
      const position = await positionFor(projection.name, minPosition)
      const isFresh = minPosition !== undefined
      return { ...(await documents.search(projection, query, { isFresh })), position }
    },
    reach: async ({ name }, position, options) =>
      progress.reach(name, position === 'head' ? await log.head() : position, options),
  }
}
