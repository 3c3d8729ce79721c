import { QueryClient } from '@tanstack/react-query'
import { ApiProblem, isOutage } from './problem.ts'

/** Most attempts of a query during an outage. */
const attempts = 4

/** Pause before the next attempt of a query, in ms: as the server says, else doubling from half a second. */
const pauseMs = (attempt: number, error: Error): number =>
  error instanceof ApiProblem && error.retryAfter !== undefined
    ? error.retryAfter * 1_000
    : 500 * 2 ** attempt

/** Creates the cache of answers, which retries queries during outages; refusals are final. */
export const queryClient = (): QueryClient =>
  new QueryClient({
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
