import { useTexts } from '../i18n/language.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { Hidden } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import type { Conversation, Message } from './chat-queries.ts'
import { Composer } from './composer.tsx'
import css from './conversation.module.css'
import { MessageList } from './message-list.tsx'
import { chatTexts } from './texts.ts'
import type { ConversationState } from './use-conversation.ts'
import { useMessageText } from './use-message-text.ts'
import { outbox } from './use-outbox.ts'
import { usePersonName } from './use-person-name.ts'
import { useReadMark } from './use-read-mark.ts'
import { useScroll } from './use-scroll.ts'
import { useTellTyping } from './use-typing.ts'

/** Time of the newest message of the other participant that is unread. */
const newestUnread = (
  messages: readonly Message[],
  { participant, readUpTo = '' }: Conversation,
): string | undefined => {
  const newest = messages.findLast(({ senderId }) => senderId === participant.id)
  return newest && newest.sentAt > readUpTo ? newest.sentAt : undefined
}

/** The messages of a conversation and the field for the next one. */
export const ConversationView = ({
  conversation,
  me,
  state: { messages, outgoing, marks, newest, isTyping, arrived, query },
}: {
  readonly conversation: Conversation
  readonly me: string
  readonly state: ConversationState
}) => {
  const t = useTexts(chatTexts)
  const personName = usePersonName()
  const messageText = useMessageText()
  const tellTyping = useTellTyping(conversation.id)
  const { id, participant } = conversation
  const other = personName(participant)
  const readEarlier = (): void => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage()
  }
  const scroll = useScroll({
    first: messages?.[0]?.id,
    last: outgoing.at(-1)?.key ?? messages?.at(-1)?.id,
    isLastOwn: outgoing.length > 0 || messages?.at(-1)?.senderId === me,
    onStart: readEarlier,
  })
  useReadMark(id, newestUnread(messages ?? [], conversation), scroll.isAtEnd)
  return (
    <div className={css.conversation}>
      {messages ? (
        <MessageList
          messages={messages}
          outgoing={outgoing}
          me={me}
          other={other}
          marks={marks}
          earlier={
            query.hasNextPage ? { read: readEarlier, isBusy: query.isFetchingNextPage } : undefined
          }
          scroll={scroll}
        />
      ) : query.error ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton count={3} />
      )}
      <p className={css.typing} aria-live="polite">
        {isTyping && t.typing(other)}
        <Hidden>{arrived && t.arrived(other, messageText(arrived))}</Hidden>
      </p>
      {participant.hasLeft ? (
        <Notice>{t.hasLeft}</Notice>
      ) : (
        <Composer
          onTyping={tellTyping}
          onSend={(written) => outbox.add({ conversationId: id, after: newest, ...written })}
        />
      )}
    </div>
  )
}
