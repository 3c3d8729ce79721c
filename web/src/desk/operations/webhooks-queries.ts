import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'

/** A webhook in the list. */
export type Webhook = DataOf<'/api/v1/admin/webhooks', 'get'>['webhooks'][number]

/** A delivery of an event to a webhook. */
export type Delivery = DataOf<'/api/v1/admin/webhooks/{id}', 'get'>['deliveries'][number]

/** Key of everything that is read of webhooks. */
export const webhooksKey = ['webhooks'] as const

/** All webhooks, the latest first. */
export const webhooksQuery = infiniteQueryOptions({
  queryKey: [...webhooksKey, 'list'],
  queryFn: ({ pageParam: cursor }) =>
    read(
      api.GET('/api/v1/admin/webhooks', {
        params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor,
})

/** One webhook. */
export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: [...webhooksKey, 'one', id],
    queryFn: () => read(api.GET('/api/v1/admin/webhooks/{id}', { params: { path: { id } } })),
  })

/** Deliveries of a webhook, the latest first. */
export const deliveriesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...webhooksKey, 'deliveries', id],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/admin/webhooks/{id}/deliveries', {
          params: {
            path: { id },
            query: { limit: 20, ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
