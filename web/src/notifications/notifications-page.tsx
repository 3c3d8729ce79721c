import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useFallbackInterval, useLive } from '../api/use-live.ts'
import { SignedIn } from '../app/access.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Hidden, List, Page, TabLink, Tabs } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { NotificationItem } from './notification-item.tsx'
import { notificationsQuery, unreadCountQuery, type Notification } from './notification-queries.ts'
import { notificationTexts } from './texts.ts'
import type { UnreadFilter } from './unread-filter.ts'
import { useReadAllNotifications, useReadNotification } from './use-read-notifications.ts'

const route = getRouteApi('/notifications')

/** Says what arrives while the page is shown. The bell reads the lists again. */
const Arrivals = () => {
  const t = useTexts(notificationTexts)
  const [subject, setSubject] = useState<string>()
  useLive('/notifications', {
    'notification:new': ({ channel, subject: next }) => {
      if (channel === 'in_app') setSubject(next)
    },
  })
  return (
    <Hidden>
      <span role="status">{subject !== undefined && t.arrived(subject)}</span>
    </Hidden>
  )
}

/** Each once: as new ones arrive, one may move to the next page while that is read. */
const eachOnce = (all: readonly Notification[]): readonly Notification[] => [
  ...new Map(all.map((one) => [one.id, one])).values(),
]

const Notifications = ({
  userId,
  filter,
}: {
  readonly userId: string
  readonly filter: UnreadFilter
}) => {
  const t = useTexts(notificationTexts)
  const problemText = useProblemText()
  const read = useReadNotification()
  const readAll = useReadAllNotifications()
  // The bell keeps it current.
  const { data: unread = 0 } = useQuery({ ...unreadCountQuery(userId), enabled: false })
  const query = useInfiniteQuery({
    ...notificationsQuery(userId, filter),
    refetchInterval: useFallbackInterval(),
  })
  const all = query.data && eachOnce(query.data.pages.flatMap((page) => page.notifications))
  const error = read.error ?? readAll.error
  return (
    <Page
      title={t.title}
      narrow
      actions={
        <>
          {unread > 0 && (
            <Button busy={readAll.isPending} onClick={() => readAll.mutate()}>
              {t.readAll}
            </Button>
          )}
          <ButtonLink look="quiet" to="/account/preferences">
            {t.preferences}
          </ButtonLink>
        </>
      }
    >
      <Tabs label={t.which}>
        <TabLink to="/notifications" search={{}} activeOptions={{ exact: true }}>
          {t.all}
        </TabLink>
        <TabLink to="/notifications" search={{ unread: true }}>
          {t.onlyUnread}
        </TabLink>
      </Tabs>
      <Arrivals />
      {error && <Notice kind="bad">{problemText(error)}</Notice>}
      {all ? (
        <>
          {all.length === 0 && (
            <Empty>
              <p>{filter.unread ? t.noneUnread : t.none}</p>
            </Empty>
          )}
          <List label={t.list}>
            {all.map((one) => (
              <li key={one.id}>
                <NotificationItem notification={one} onRead={() => read.mutate(one.id)} />
              </li>
            ))}
          </List>
          <More
            has={query.hasNextPage}
            busy={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        </>
      ) : query.error ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton count={4} />
      )}
    </Page>
  )
}

/** The notifications of the user, which arrive while the page is shown. */
const NotificationsPage = () => {
  const filter = route.useSearch()
  return <SignedIn>{({ userId }) => <Notifications userId={userId} filter={filter} />}</SignedIn>
}

export default NotificationsPage
