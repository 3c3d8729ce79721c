import { Link } from '@tanstack/react-router'
import { useTexts } from '../i18n/language.tsx'
import { Hidden, Muted } from '../ui/layout.tsx'
import { Avatar } from '../ui/media.tsx'
import { Badge } from '../ui/notice.tsx'
import { Ago } from '../ui/time.tsx'
import type { Conversation } from './chat-queries.ts'
import css from './conversation-row.module.css'
import { chatTexts } from './texts.ts'
import { useMessageText } from './use-message-text.ts'
import { usePersonName } from './use-person-name.ts'

/** A conversation in the list: with whom it is, its last message, and how many are unread. */
export const ConversationRow = ({
  conversation: { id, participant, lastMessage, lastAt, unread, gigId, orderId },
  isOnline,
  hasUnsent,
}: {
  readonly conversation: Conversation
  readonly isOnline: boolean
  /** Whether a message of the user was not sent. */
  readonly hasUnsent: boolean
}) => {
  const t = useTexts(chatTexts)
  const personName = usePersonName()
  const messageText = useMessageText()
  const name = personName(participant)
  const last = lastMessage && messageText(lastMessage)
  const subject =
    gigId !== undefined ? t.aboutGig : orderId !== undefined ? t.aboutOrder : undefined
  return (
    <Link to="/chat/$id" params={{ id }} className={css.row}>
      <span className={css.picture}>
        <Avatar name={name} mediaId={participant.avatarMediaId} />
        {isOnline && (
          <span className={css.dot}>
            <Hidden>{t.online}</Hidden>
          </span>
        )}
      </span>
      <span className={css.words}>
        <strong className={css.line}>{name}</strong>
        {subject !== undefined && <Muted>{subject}</Muted>}
        <span className={css.line}>
          {last === undefined
            ? t.noMessage
            : lastMessage?.senderId === participant.id
              ? last
              : t.own(last)}
        </span>
      </span>
      <span className={css.end}>
        <Muted>
          <Ago at={lastAt} />
        </Muted>
        {hasUnsent && <Badge kind="warn">{t.unsent}</Badge>}
        {unread > 0 && <Badge kind="info">{t.unread(unread)}</Badge>}
      </span>
    </Link>
  )
}
