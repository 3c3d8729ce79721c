import {
  QueryClient,
  type InvalidateOptions,
  type InvalidateQueryFilters,
  type QueryKey,
} from '@tanstack/react-query'
import { ApiProblem, isOutage } from './problem.ts'

/** Most attempts of a query during an outage. */
const attempts = 4

/** Pause before the next attempt of a query, in ms: as the server says, else doubling from half a second. */
const pauseMs = (attempt: number, error: Error): number =>
  error instanceof ApiProblem && error.retryAfter !== undefined
    ? error.retryAfter * 1_000
    : 500 * 2 ** attempt

/**
 * A cache in which an invalidation holds for first reads as well. The library lets a first read that is under way go on,
 * and takes its answer as fresh, though it may have been made before the change that the invalidation is about.
 */
class AnswerCache extends QueryClient {
  override async invalidateQueries<K extends QueryKey = QueryKey>(
    filters?: InvalidateQueryFilters<K>,
    options?: InvalidateOptions,
  ): Promise<void> {
    const firstReads = this.getQueryCache()
      .findAll({ ...filters, fetchStatus: 'fetching' })
      .filter(({ state }) => state.data === undefined)
    // Resolves once all reads have ended, those under way included.
    await super.invalidateQueries(filters, options)
    await Promise.all(
      firstReads.map(({ queryKey }) => super.invalidateQueries({ queryKey, exact: true }, options)),
    )
  }
}

/** Creates the cache of answers, which retries queries during outages; refusals are final. */
export const queryClient = (): QueryClient =>
  new AnswerCache({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < attempts && isOutage(error),
        retryDelay: pauseMs,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
