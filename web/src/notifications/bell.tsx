import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFallbackInterval, useLive } from '../api/use-live.ts'
import { useSession } from '../app/session.tsx'
import { appTexts } from '../app/texts.ts'
import { useTexts } from '../i18n/language.tsx'
import { notificationListsKey, unreadCountQuery } from './notification-queries.ts'

/** Link to the notifications with the number of unread ones, which changes as they arrive and on other devices. */
const Bell = () => {
  const t = useTexts(appTexts)
  const queries = useQueryClient()
  const { user } = useSession()
  const unread = unreadCountQuery(user?.userId ?? '')
  const interval = useFallbackInterval()
  const readLists = (): void => void queries.invalidateQueries({ queryKey: notificationListsKey })
  const { data = 0 } = useQuery({
    ...unread,
    // The socket says it as it connects, and after each change.
    enabled: user !== undefined && interval !== false,
    refetchInterval: interval,
  })
  useLive(
    '/notifications',
    {
      'notification:unread-count': ({ count }) => {
        queries.setQueryData(unread.queryKey, count)
        // One may have been read on another device.
        readLists()
      },
      'notification:new': readLists,
    },
    { key: user?.userId ?? '', enabled: user !== undefined, onConnect: readLists },
  )
  return <Link to="/notifications">{t.notifications(data)}</Link>
}

export default Bell
