import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'

/** A scheduled job in the list. */
export type Job = DataOf<'/api/v1/jobs', 'get'>['jobs'][number]

/** A scheduled job with its runs. */
export type JobInDetail = DataOf<'/api/v1/jobs/{id}', 'get'>

/** A run of a job. */
export type Run = JobInDetail['runs'][number]

/** A type of jobs. */
export type JobType = DataOf<'/api/v1/jobs/types', 'get'>['types'][number]

/** Key of everything that is read of jobs. */
export const jobsKey = ['jobs'] as const

/** All scheduled jobs, the latest first. */
export const jobsQuery = infiniteQueryOptions({
  queryKey: [...jobsKey, 'list'],
  queryFn: ({ pageParam: cursor }) =>
    read(
      api.GET('/api/v1/jobs', {
        params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor,
})

/** One job with its newest runs. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: [...jobsKey, 'one', id],
    queryFn: () => read(api.GET('/api/v1/jobs/{id}', { params: { path: { id } } })),
  })

/** The types of jobs that can be scheduled. */
export const jobTypesQuery = queryOptions({
  queryKey: ['job-types'],
  queryFn: () => read(api.GET('/api/v1/jobs/types')),
  staleTime: Infinity,
})
