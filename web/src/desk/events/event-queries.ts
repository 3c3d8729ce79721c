import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'
import type { EventFilter, EventsSearch } from './event-filter.ts'

/** An event of the log, with masked secret and personal fields. */
export type LogEvent = DataOf<'/api/v1/analytics/events', 'get'>['events'][number]

/** The state of a stream at a revision. */
export type StreamState = DataOf<'/api/v1/analytics/streams/{streamId}/state', 'get'>

/** A document of a read model, and where its fields have their values from. */
export type Explained = DataOf<'/api/v1/analytics/documents/{model}/{key}/why', 'get'>

/** Number of events on a page. */
const limit = 50

/** A page of events, the newest first, and the positions that the pages around it begin at. */
export type EventsPage = {
  readonly events: readonly LogEvent[]
  /** Position before which the next older page is; undefined on the oldest. */
  readonly older: string | undefined
  /** Position after which the next newer page is; undefined on the newest. */
  readonly newer: string | undefined
  readonly head: string
}

/** Pages without a matching event that are skipped before one of them is shown. */
const emptyPages = 20

/** Reads a page of events; pages of a search through the log may be empty although more follow. */
const eventsPage = async ({ before, after, ...filter }: EventsSearch): Promise<EventsPage> => {
  const direction = after !== undefined && before === undefined ? 'forwards' : 'backwards'
  let cursor = direction === 'forwards' ? after : before
  for (let page = 1; ; page += 1) {
    const query = { ...filter, limit, direction, ...(cursor !== undefined && { cursor }) } as const
    const { events, nextCursor, caughtUp, head } = await read(
      api.GET('/api/v1/analytics/events', { params: { query } }),
    )
    cursor = nextCursor
    if (events.length === 0 && !caughtUp && page < emptyPages) continue
    const shown = direction === 'forwards' ? events.toReversed() : events
    return direction === 'forwards'
      ? {
          events: shown,
          head,
          older: shown.at(-1)?.position ?? String(BigInt(after ?? '0') + 1n),
          newer: caughtUp ? undefined : nextCursor,
        }
      : {
          events: shown,
          head,
          older: caughtUp ? undefined : nextCursor,
          newer:
            before === undefined ? undefined : (shown[0]?.position ?? String(BigInt(before) - 1n)),
        }
  }
}

/** Events of the log by filter, a page at a time. */
export const eventsQuery = (search: EventsSearch) =>
  queryOptions({
    queryKey: ['events', 'log', search],
    queryFn: () => eventsPage(search),
    placeholderData: keepPreviousData,
  })

/** Most events of a page of the API. */
const exportPage = 1_000

/** Reads a page of an export, oldest first. @param cursor of the page before */
export const exportedEvents = (filter: EventFilter, cursor: string | undefined) =>
  read(
    api.GET('/api/v1/analytics/events', {
      params: {
        query: {
          ...filter,
          limit: exportPage,
          direction: 'forwards',
          ...(cursor !== undefined && { cursor }),
        },
      },
    }),
  )

/** Categories of the log with their numbers of streams and events. */
export const categoriesQuery = queryOptions({
  queryKey: ['events', 'categories'],
  queryFn: () => read(api.GET('/api/v1/analytics/streams', { params: { query: { limit: 1 } } })),
  select: ({ categories }) => categories,
})

/** Streams of a category, oldest first, page by page. */
export const streamsQuery = (category: string) =>
  infiniteQueryOptions({
    queryKey: ['events', 'streams', category],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/analytics/streams', {
          params: { query: { category, limit, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Events of a stream, newest first, page by page. */
export const streamEventsQuery = (streamId: string) =>
  infiniteQueryOptions({
    queryKey: ['events', 'stream', streamId],
    queryFn: ({ pageParam: from }) =>
      read(
        api.GET('/api/v1/analytics/streams/{streamId}/events', {
          params: {
            path: { streamId },
            query: { direction: 'backwards', limit, ...(from !== undefined && { from }) },
          },
        }),
      ),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ nextFrom }) => nextFrom,
  })

/** The state of a stream at a revision, which never changes. */
export const stateQuery = (streamId: string, revision: number) =>
  queryOptions({
    queryKey: ['events', 'state', streamId, revision],
    queryFn: () =>
      read(
        api.GET('/api/v1/analytics/streams/{streamId}/state', {
          params: { path: { streamId }, query: { at: String(revision) } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  })

/** Read models whose documents can be explained. */
export const modelsQuery = queryOptions({
  queryKey: ['events', 'models'],
  queryFn: () => read(api.GET('/api/v1/analytics/documents')),
  select: ({ models }) => models,
  staleTime: Number.POSITIVE_INFINITY,
})

/** A document, and where its fields have their values from. @param at position up to which events are folded */
export const whyQuery = (model: string, key: string, at: string | undefined) =>
  queryOptions({
    queryKey: ['events', 'why', model, key, at],
    queryFn: () =>
      read(
        api.GET('/api/v1/analytics/documents/{model}/{key}/why', {
          params: { path: { model, key }, query: at === undefined ? {} : { at } },
        }),
      ),
  })
