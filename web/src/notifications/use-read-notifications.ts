import { useQueryClient, type InfiniteData } from '@tanstack/react-query'
import { api, run } from '../api/client.ts'
import { mustInclude } from '../api/positions.ts'
import { useCommand } from '../api/use-command.ts'
import {
  notificationListsKey,
  notificationsKey,
  type Notification,
  type NotificationsPart,
} from './notification-queries.ts'

/** Returns a function that changes what all lists show. */
const useShown = () => {
  const queries = useQueryClient()
  return (changed: (one: Notification) => Notification): void =>
    void queries.setQueriesData<InfiniteData<NotificationsPart>>(
      { queryKey: notificationListsKey },
      (data) =>
        data && {
          ...data,
          pages: data.pages.map((page) => ({
            ...page,
            notifications: page.notifications.map(changed),
          })),
        },
    )
}

/** Marks a notification as read; lists show it at once. */
export const useReadNotification = () => {
  const show = useShown()
  return useCommand({
    send: async (id: string, once) => {
      const mark = (read: boolean): void => show((one) => (one.id === id ? { ...one, read } : one))
      mark(true)
      await run(
        api.POST('/api/v1/notifications/{id}/read', { params: { path: { id } }, ...once }),
      ).catch((error: unknown) => {
        mark(false)
        throw error
      })
    },
    changes: [notificationsKey],
  })
}

/** Marks all notifications in the app as read, part by part. */
export const useReadAllNotifications = () => {
  const show = useShown()
  return useCommand({
    send: async () => {
      for (;;) {
        // The next part is found among those that the one before has left.
        const minPosition = mustInclude()
        const query = minPosition === undefined ? {} : { minPosition }
        const { read, remaining } = await run(
          api.POST('/api/v1/notifications/read-all', { params: { query } }),
        )
        if (remaining === 0 || read === 0) break
      }
      show((one) => ({ ...one, read: true }))
    },
    changes: [notificationsKey],
  })
}
