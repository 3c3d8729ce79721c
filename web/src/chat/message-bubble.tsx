import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { Hidden } from '../ui/layout.tsx'
import { useNow } from '../ui/time.tsx'
import { messagesQuery, type Message } from './chat-queries.ts'
import { MessageEdit } from './message-edit.tsx'
import { MessageFiles } from './message-files.tsx'
import css from './message.module.css'
import { chatTexts } from './texts.ts'
import { reachedBy, type Marks } from './timeline.ts'

/** How long the API lets an author change a message, in ms. */
const changeableMs = 15 * 60_000

const Withdraw = ({ message: { id, conversationId } }: { readonly message: Message }) => {
  const t = useTexts(chatTexts)
  const [isAsking, setIsAsking] = useState(false)
  const withdraw = useCommand({
    send: (_: void, once) =>
      run(api.DELETE('/api/v1/chat/messages/{id}', { ...once, params: { path: { id } } })),
    changes: [messagesQuery(conversationId).queryKey],
    onDone: () => setIsAsking(false),
  })
  return (
    <>
      <Button look="quiet" small onClick={() => setIsAsking(true)}>
        {t.withdraw}
      </Button>
      <Confirm
        title={t.withdrawTitle}
        confirmLabel={t.withdraw}
        isOpen={isAsking}
        busy={withdraw.isPending}
        error={withdraw.error}
        onConfirm={() => withdraw.mutate()}
        onClose={() => setIsAsking(false)}
      >
        <p>{t.withdrawText}</p>
      </Confirm>
    </>
  )
}

/**
 * A message of a conversation; authors may change it for a while.
 * @param props.author name, for screen readers
 * @param props.marks how far the other participant has received and read; undefined for messages of that one
 */
export const MessageBubble = ({
  message,
  author,
  marks,
}: {
  readonly message: Message
  readonly author: string
  readonly marks: Marks | undefined
}) => {
  const t = useTexts(chatTexts)
  const { time, precise } = useFormats()
  const [isEdited, setIsEdited] = useState(false)
  const now = useNow()
  const { text, mediaIds, sentAt, editedAt, withdrawnAt } = message
  const isGone = withdrawnAt !== undefined
  const isChangeable = marks !== undefined && !isGone && now - Date.parse(sentAt) < changeableMs
  return (
    <div className={`${css.item} ${marks ? css.own : ''}`}>
      {isEdited && !isGone ? (
        <MessageEdit message={message} onDone={() => setIsEdited(false)} />
      ) : (
        <div className={css.bubble}>
          <Hidden>{author}:</Hidden>
          {isGone && <p className={css.gone}>{t.withdrawn}</p>}
          {text !== undefined && <p className={css.text}>{text}</p>}
          <MessageFiles ids={mediaIds} />
        </div>
      )}
      <div className={css.meta}>
        <time dateTime={sentAt} title={precise(sentAt)}>
          {time(sentAt)}
        </time>
        {editedAt !== undefined && !isGone && <span>{t.edited}</span>}
        {marks && !isGone && <span>{t[reachedBy(sentAt, marks)]}</span>}
        {isChangeable && !isEdited && (
          <>
            {text !== undefined && (
              <Button look="quiet" small onClick={() => setIsEdited(true)}>
                {t.edit}
              </Button>
            )}
            <Withdraw message={message} />
          </>
        )}
      </div>
    </div>
  )
}
