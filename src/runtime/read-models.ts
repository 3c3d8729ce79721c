import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { Search } from '../platform/storage/search/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Progress } from './progress.ts'
import { NotCaughtUp, PositionBeyondHead, type ReadModels } from './reading.ts'
import { rememberedReads } from './remembered-reads.ts'

/** Time after which a wait for a position checks that the log has it, in ms. */
const headCheckAfter = 100

/**
 * Queries read models once they have reached the position that a caller names.
 * @param log has the head that `reach` waits for, and that no `minPosition` may exceed
 * @param options.onForgotten registers a listener for every person who is forgotten
 */
export const readModels = (
  documents: DocumentStore & Search,
  progress: Progress,
  log: Pick<EventLog, 'head'>,
  options: { readonly onForgotten?: (listener: () => void) => unknown } = {},
): ReadModels => {
  /** Read before the documents, which are then at least as fresh as it says. */
  const positionFor = async (name: string, minPosition: bigint | undefined): Promise<bigint> => {
    if (minPosition === undefined) return progress.positionOf(name)
    // A position that a client was given is soon reached: the head is read only for those that are not.
    try {
      return await progress.reach(name, minPosition, { timeoutMs: headCheckAfter })
    } catch (error) {
      if (!(error instanceof NotCaughtUp)) throw error
    }
    const head = await log.head()
    if (minPosition > head) throw new PositionBeyondHead(head)
    return progress.reach(name, minPosition)
  }

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
