import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'
import { isNotFound } from '../../api/problem.ts'
import type { SagaState } from './saga-filter.ts'

/** A run of a saga, with its moves and what it waits for. */
export type SagaRun = DataOf<'/api/v1/admin/sagas/{id}', 'get'>['sagas'][number]

/** A run in the list of runs. */
export type SagaSummary = DataOf<'/api/v1/admin/sagas', 'get'>['sagas'][number]

/** What a retry of a parked run would send. */
export type Preview = DataOf<'/api/v1/admin/sagas/{id}/retry', 'get'>['previews'][number]

/** An order. */
export type Order = DataOf<'/api/v1/orders/{id}', 'get'>

/** An event of a trace. */
export type TracedEvent = DataOf<'/api/v1/observability/traces/{traceId}', 'get'>['events'][number]

/** What the picture of an order shows. */
export type OrderStory = {
  /** Undefined where the id is of no order, such as that of a registration. */
  readonly order: Order | undefined
  readonly runs: readonly SagaRun[]
  /** Events of the order and of all that its requests led to, in the order of the log. */
  readonly events: readonly TracedEvent[]
}

/** Runs of sagas in a state, latest change first, page by page. */
export const sagasQuery = (state: SagaState | undefined) =>
  infiniteQueryOptions({
    queryKey: ['desk', 'sagas', state],
    queryFn: ({ pageParam: page }) =>
      read(
        api.GET('/api/v1/admin/sagas', { params: { query: { page, ...(state && { state }) } } }),
      ),
    initialPageParam: 1,
    getNextPageParam: ({ page, limit, total }) => (page * limit < total ? page + 1 : undefined),
  })

/** Returns what was found, or undefined. */
const ifFound = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const runsOf = async (id: string): Promise<readonly SagaRun[]> =>
  (await ifFound(read(api.GET('/api/v1/admin/sagas/{id}', { params: { path: { id } } }))))?.sagas ??
  []

/** The text in a field of an event's metadata, which have no schema. */
const textIn = (metadata: unknown, field: string): string => {
  if (typeof metadata !== 'object' || metadata === null) return ''
  const value: unknown = Reflect.get(metadata, field)
  return typeof value === 'string' ? value : ''
}

type StreamEvent = TracedEvent & { readonly correlationId: string }

const eventsIn = async (streamId: string): Promise<readonly StreamEvent[]> => {
  const options = { params: { path: { streamId }, query: { limit: 500 } } }
  const page = await ifFound(read(api.GET('/api/v1/analytics/streams/{streamId}/events', options)))
  return (page?.events ?? []).map(
    ({ eventId, type, stream, revision, position, at, metadata }): StreamEvent => ({
      eventId,
      type,
      stream,
      revision,
      position,
      at,
      actor: textIn(metadata, 'actorId'),
      commandId: textIn(metadata, 'commandId'),
      causedBy: textIn(metadata, 'causationId'),
      correlationId: textIn(metadata, 'correlationId'),
    }),
  )
}

/** Streams of an order: its own, and those of its payment and its shipment. */
const streamsOf = ({ id, items, payment, shipment }: Order): readonly string[] => [
  `${items.some(({ kind }) => kind === 'gig') ? 'gigOrder' : 'order'}-${id}`,
  ...(payment ? [`payment-${payment.id}`] : []),
  ...(shipment ? [`shipment-${shipment.id}`] : []),
]

const tracedBy = async (traceId: string): Promise<readonly TracedEvent[]> => {
  const options = { params: { path: { traceId } } }
  const trace = await ifFound(read(api.GET('/api/v1/observability/traces/{traceId}', options)))
  return trace?.events ?? []
}

/** Most requests whose traces are read for one picture. */
const mostTraces = 12

/** An order with its runs, and the events of all requests that concerned it. */
export const orderStoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk', 'order-story', id],
    queryFn: async (): Promise<OrderStory> => {
      const [order, runs] = await Promise.all([
        ifFound(read(api.GET('/api/v1/orders/{id}', { params: { path: { id } } }))),
        runsOf(id),
      ])
      const own = (await Promise.all(order ? streamsOf(order).map(eventsIn) : [])).flat()
      const requests = new Set([
        ...runs.flatMap(({ moves }) => moves.map(({ correlationId }) => correlationId)),
        ...own.map(({ correlationId }) => correlationId),
      ])
      const traces = await Promise.all([...requests].slice(0, mostTraces).map(tracedBy))
      const events = new Map([...own, ...traces.flat()].map((event) => [event.eventId, event]))
      return {
        order,
        runs,
        events: [...events.values()].toSorted((a, b) => Number(a.position) - Number(b.position)),
      }
    },
  })

/** What a retry of the parked runs of an id would send. Read anew each time: the log goes on. */
export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk', 'saga-preview', id],
    queryFn: () => read(api.GET('/api/v1/admin/sagas/{id}/retry', { params: { path: { id } } })),
    staleTime: 0,
    gcTime: 0,
  })
