import type { AnyProjection } from '#kernel'
import { coalesce } from '../platform/coalesce.ts'
import { InvalidQuery, type DocumentStore } from '../platform/storage/documents/port.ts'
import type { Search } from '../platform/storage/search/port.ts'
import type { Freshness } from './freshness.ts'
import type { ReadModels } from './reading.ts'

/** After a failure the replica is not read for so long, in ms. */
const avoidedFor = 5_000

/** The replica did not answer a read in time. */
class TooLate extends Error {
  override name = 'TooLate'
}

/** The outcome of `work` if it has one in time. @throws TooLate otherwise */
const within = async <T>(patience: number, work: Promise<T>): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new TooLate(`The replica did not answer in ${patience} ms`)),
    patience,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Reads from a replica of PostgreSQL where that is as fresh as a caller asks for: those without a position, and those with one
 * that the read model has reached there. All others, and all while the replica fails, are read from the primary. Read models
 * that declare another store are not on the replica.
 * @param primary reads what the replica does not answer
 * @param replica documents there
 * @param options.onError called when the replica fails
 * @param options.isConflict whether the replica gave up this read alone, as its replication changes what was being read
 * @param options.patience a replica that has not answered after so long has failed, in ms; default 2,000
 * @param options.freshness judges reads that the replica answers. Default: they are not judged
 * @param options.now clock in ms, for tests
 */
export const replicaReads = (
  primary: ReadModels,
  replica: Pick<DocumentStore & Search, 'positions' | 'get' | 'find' | 'search'>,
  {
    onError,
    isConflict = () => false,
    patience = 2_000,
    freshness,
    now = () => performance.now(),
  }: {
    readonly onError: (error: unknown) => void
    readonly isConflict?: (error: unknown) => boolean
    readonly patience?: number
    readonly freshness?: Pick<Freshness, 'read'>
    readonly now?: () => number
  },
): ReadModels => {
  let isUp = true
  /** While it is not: when it has failed last, or when a read has begun to try it, in ms. */
  let triedAt = -Infinity
  const positionOf = coalesce<string, bigint | undefined>(async (names) => {
    const positions = await replica.positions([...new Set(names)])
    return names.map((name) => positions.get(name))
  })

  const reading = async <Answer extends { readonly position: bigint }>(
    projection: AnyProjection,
    minPosition: bigint | undefined,
    read: (position: bigint) => Promise<Answer>,
    otherwise: () => Promise<Answer>,
  ): Promise<Answer> => {
    const { name, store } = projection
    if (store !== 'postgres') return otherwise()
    if (!isUp) {
      if (now() - triedAt < avoidedFor) return otherwise()
      // One read tries it: a replica that hangs would keep all others waiting as well.
      triedAt = now()
    }
    const readThere = async (): Promise<Answer | undefined> => {
      // Read before the documents, which are then at least as fresh.
      const position = await positionOf(name)
      const isFresh =
        position !== undefined && (minPosition === undefined || position >= minPosition)
      return isFresh ? read(position) : undefined
    }
    try {
      const answer = await within(patience, readThere())
      isUp = true
      if (answer) {
        freshness?.read(projection, answer.position, 0)
        return answer
      }
    } catch (error) {
      if (error instanceof InvalidQuery) throw error
      if (isConflict(error)) return otherwise()
      isUp = false
      triedAt = now()
      onError(error)
    }
    return otherwise()
  }

  return {
    get: (projection, key, minPosition) =>
      reading(
        projection,
        minPosition,
        async (position) => ({ document: await replica.get(projection, key), position }),
        () => primary.get(projection, key, minPosition),
      ),
    find: (projection, query, minPosition) =>
      reading(
        projection,
        minPosition,
        async (position) => ({ ...(await replica.find(projection, query)), position }),
        () => primary.find(projection, query, minPosition),
      ),
    search: (projection, query, minPosition) =>
      reading(
        projection,
        minPosition,
        async (position) => ({ ...(await replica.search(projection, query)), position }),
        () => primary.search(projection, query, minPosition),
      ),
    reach: primary.reach,
  }
}
