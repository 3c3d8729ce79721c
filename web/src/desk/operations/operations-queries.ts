import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'

/** Status of a projection. */
export type Projection = DataOf<'/api/v1/admin/projections', 'get'>['projections'][number]

/** A dead letter in the list. */
export type DeadLetter = DataOf<'/api/v1/admin/dead-letters', 'get'>['deadLetters'][number]

/** A dead letter with its event and document. */
export type DeadLetterDetail = DataOf<'/api/v1/admin/dead-letters/{id}', 'get'>

/** How far a bridge to a broker is. */
export type Bridge = DataOf<'/api/v1/admin/bridges', 'get'>['bridges'][number]

/** A persistent subscription of the EventStoreDB endpoint. */
export type ConsumerGroup = DataOf<'/api/v1/admin/consumer-groups', 'get'>['groups'][number]

/** An alert. */
export type Alert = DataOf<'/api/v1/observability/alerts', 'get'>['alerts'][number]

/** What a process measured of itself. */
export type Process = DataOf<'/api/v1/observability/processes', 'get'>['processes'][number]

/** An audit of a projection. */
export type Audit = DataOf<'/api/v1/admin/audits', 'get'>['audits'][number]

/** Key of everything that is read of projections. */
export const projectionsKey = ['projections'] as const

/** Key of the bridges. */
export const bridgesKey = ['bridges'] as const

/** Key of the consumer groups. */
export const groupsKey = ['consumer-groups'] as const

/** Key of the dead letters. */
export const deadLettersKey = ['dead-letters'] as const

/** Key of the alerts. */
export const alertsKey = ['alerts'] as const

/** Key of the registry's services. */
export const servicesKey = ['services'] as const

/** Key of the audits. */
export const auditsKey = ['audits'] as const

/** Status of all projections. */
export const projectionsQuery = queryOptions({
  queryKey: [...projectionsKey, 'status'],
  queryFn: () => read(api.GET('/api/v1/admin/projections', { params: { query: { limit: 100 } } })),
})

/** All bridges to brokers. */
export const bridgesQuery = queryOptions({
  queryKey: bridgesKey,
  queryFn: () => read(api.GET('/api/v1/admin/bridges', { params: { query: { limit: 100 } } })),
})

/** The consumer groups that the API lists on a page. */
export const groupsQuery = queryOptions({
  queryKey: groupsKey,
  queryFn: () =>
    read(api.GET('/api/v1/admin/consumer-groups', { params: { query: { limit: 100 } } })),
})

/** All dead letters that the API lists on a page, newest first. */
export const deadLettersQuery = queryOptions({
  queryKey: [...deadLettersKey, 'list'],
  queryFn: () => read(api.GET('/api/v1/admin/dead-letters', { params: { query: { limit: 100 } } })),
})

/** One dead letter. */
export const deadLetterQuery = (id: string) =>
  queryOptions({
    queryKey: [...deadLettersKey, 'one', id],
    queryFn: () => read(api.GET('/api/v1/admin/dead-letters/{id}', { params: { path: { id } } })),
  })

/** Alerts that are not resolved. */
export const alertsQuery = queryOptions({
  queryKey: alertsKey,
  queryFn: () =>
    read(
      api.GET('/api/v1/observability/alerts', { params: { query: { state: 'open', limit: 100 } } }),
    ),
})

/** What all processes measured in the last minute; they do so every 15 s. */
export const processesQuery = queryOptions({
  queryKey: ['processes'],
  queryFn: () => read(api.GET('/api/v1/observability/processes')),
  refetchInterval: 15_000,
})

/** Services with their live instances. */
export const servicesQuery = queryOptions({
  queryKey: servicesKey,
  queryFn: () => read(api.GET('/api/v1/registry/services', { params: { query: { limit: 100 } } })),
})

/** Circuit breakers of the process that answers, which is a gateway where there are several. */
export const breakersQuery = queryOptions({
  queryKey: ['breakers'],
  queryFn: () =>
    read(api.GET('/api/v1/admin/circuit-breakers', { params: { query: { limit: 100 } } })),
  refetchInterval: 15_000,
})

/** Checks of Agora's dependencies. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: () => read(api.GET('/api/v1/health')),
  refetchInterval: 15_000,
})

/** Audits of all projections. */
export const auditsQuery = queryOptions({
  queryKey: auditsKey,
  queryFn: () => read(api.GET('/api/v1/admin/audits')),
})

/** A part of the events of a trace. */
export type TraceFound = DataOf<'/api/v1/observability/traces/{traceId}', 'get'>

/** The events of a trace; each further page has earlier ones. */
export const traceQuery = (traceId: string) =>
  infiniteQueryOptions({
    queryKey: ['trace', traceId],
    queryFn: ({ pageParam: before }) =>
      read(
        api.GET('/api/v1/observability/traces/{traceId}', {
          params: { path: { traceId }, query: before === undefined ? {} : { before } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ before }) => before,
  })
