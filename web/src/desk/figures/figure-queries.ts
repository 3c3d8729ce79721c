import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'
import { localZone, type DashboardSearch, type MetricName } from './dashboard-search.ts'

/** Figures of a range of time. */
export type Figures = DataOf<'/api/v1/analytics/dashboard', 'get'>

/** A metric over time. */
export type Metric = DataOf<'/api/v1/analytics/metrics', 'get'>

/** Key of all queries for figures. */
export const figuresKey = ['figures'] as const

const rangeOf = ({ from, to, timeZone = localZone() }: DashboardSearch) => ({
  timeZone,
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
})

/** Figures of the range of a view. */
export const figuresQuery = (search: DashboardSearch) =>
  queryOptions({
    queryKey: [...figuresKey, 'dashboard', rangeOf(search)],
    queryFn: () =>
      read(api.GET('/api/v1/analytics/dashboard', { params: { query: rangeOf(search) } })),
    placeholderData: keepPreviousData,
  })

/** A metric in the range of a view. */
export const metricQuery = (name: MetricName, search: DashboardSearch) => {
  const { bucket = 'day', groupBy } = search
  const query = { name, bucket, ...(groupBy !== undefined && { groupBy }), ...rangeOf(search) }
  return queryOptions({
    queryKey: [...figuresKey, 'metric', query],
    queryFn: () => read(api.GET('/api/v1/analytics/metrics', { params: { query } })),
    placeholderData: keepPreviousData,
  })
}

/** Name of a product; its id if it is not on sale any more. */
export const productNameQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', 'one', id],
    queryFn: () => read(api.GET('/api/v1/products/{id}', { params: { path: { id } } })),
    select: ({ name }) => name,
    staleTime: 60_000,
  })

/** Title of a gig. */
export const gigTitleQuery = (id: string) =>
  queryOptions({
    queryKey: [...figuresKey, 'gig', id],
    queryFn: () => read(api.GET('/api/v1/gigs/{id}', { params: { path: { id } } })),
    select: ({ title }) => title,
    staleTime: 60_000,
  })
