import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../api/client.ts'
import type { UnreadFilter } from './unread-filter.ts'

/** Notifications of a page. */
export type NotificationsPart = DataOf<'/api/v1/notifications/user/{userId}', 'get'>

/** A notification of the user. */
export type Notification = NotificationsPart['notifications'][number]

/** Key of all queries for notifications. */
export const notificationsKey = ['notifications'] as const

/** Key of the queries for lists of notifications. */
export const notificationListsKey = ['notifications', 'list'] as const

/** The notifications of a user in the app. The same news may have been sent by mail as well. */
const inApp = { channel: 'in_app' } as const

/** Notifications of a user page by page, the latest first. */
export const notificationsQuery = (userId: string, filter: UnreadFilter) =>
  infiniteQueryOptions({
    queryKey: [...notificationListsKey, userId, filter],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/notifications/user/{userId}', {
          params: {
            path: { userId },
            query: { ...inApp, ...filter, ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Number of unread notifications of a user. */
export const unreadCountQuery = (userId: string) =>
  queryOptions({
    queryKey: ['notifications', 'unread', userId],
    queryFn: async () => {
      const { total } = await read(
        api.GET('/api/v1/notifications/user/{userId}', {
          params: { path: { userId }, query: { ...inApp, unread: true, limit: 1 } },
        }),
      )
      return total
    },
  })
