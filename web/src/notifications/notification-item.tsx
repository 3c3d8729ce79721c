import { Link } from '@tanstack/react-router'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Card, Muted, Row } from '../ui/layout.tsx'
import { Badge } from '../ui/notice.tsx'
import { Ago } from '../ui/time.tsx'
import { notificationAddress } from './notification-address.ts'
import type { Notification } from './notification-queries.ts'
import { notificationTexts } from './texts.ts'

/** A notification with a link to what it is about; to follow the link marks it as read. */
export const NotificationItem = ({
  notification,
  onRead,
}: {
  readonly notification: Notification
  readonly onRead: () => void
}) => {
  const t = useTexts(notificationTexts)
  const { subject, text, createdAt, read } = notification
  const address = notificationAddress(notification)
  return (
    <Card>
      <Row between>
        <Row>
          {address === undefined ? (
            <strong>{subject}</strong>
          ) : (
            <Link to={address} onClick={read ? undefined : onRead}>
              <strong>{subject}</strong>
            </Link>
          )}
          {!read && <Badge kind="info">{t.unread}</Badge>}
        </Row>
        <Muted>
          <Ago at={createdAt} />
        </Muted>
      </Row>
      <p>{text}</p>
      {!read && (
        <Row>
          <Button small onClick={onRead}>
            {t.read}
          </Button>
        </Row>
      )}
    </Card>
  )
}
