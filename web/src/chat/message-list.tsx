import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Muted } from '../ui/layout.tsx'
import { useNow } from '../ui/time.tsx'
import type { Message } from './chat-queries.ts'
import { MessageBubble } from './message-bubble.tsx'
import css from './message-list.module.css'
import type { Outgoing } from './outbox.ts'
import { OutgoingBubble } from './outgoing-bubble.tsx'
import { chatTexts } from './texts.ts'
import { byDay, type Marks } from './timeline.ts'
import type { useScroll } from './use-scroll.ts'

/** Returns how a day is called: by its date, or as today and yesterday. */
const useDayName = (): ((at: string) => string) => {
  const t = useTexts(chatTexts)
  const { day } = useFormats()
  const now = new Date(useNow())
  const today = day(now.getTime())
  const yesterday = day(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).getTime())
  return (at) => {
    const name = day(at)
    return name === today ? t.today : name === yesterday ? t.yesterday : name
  }
}

/**
 * The messages of a conversation by day, the newest at the end, with those on their way.
 * @param props.earlier reads earlier messages; undefined at the start of the conversation
 */
export const MessageList = ({
  messages,
  outgoing,
  me,
  other,
  marks,
  earlier,
  scroll: { list, content, onScroll, isAtEnd, toEnd },
}: {
  readonly messages: readonly Message[]
  readonly outgoing: readonly Outgoing[]
  readonly me: string
  /** Name of the other participant. */
  readonly other: string
  readonly marks: Marks
  readonly earlier: { readonly read: () => void; readonly isBusy: boolean } | undefined
  readonly scroll: ReturnType<typeof useScroll>
}) => {
  const t = useTexts(chatTexts)
  const dayName = useDayName()
  const isEmpty = messages.length === 0 && outgoing.length === 0
  return (
    <div className={css.frame}>
      <div
        ref={list}
        className={css.scroll}
        role="region"
        aria-label={t.messages}
        tabIndex={0}
        onScroll={onScroll}
      >
        <div ref={content} className={css.content}>
          {earlier && (
            <div className={css.earlier}>
              <Button small busy={earlier.isBusy} onClick={earlier.read}>
                {t.earlier}
              </Button>
            </div>
          )}
          {isEmpty && <Muted>{t.first}</Muted>}
          {byDay(messages, dayName).map(([day, ofDay]) => (
            <section key={day} className={css.day} aria-label={day}>
              <h2>{day}</h2>
              <ol className={css.messages}>
                {ofDay.map((message) => (
                  <li key={message.id}>
                    <MessageBubble
                      message={message}
                      author={message.senderId === me ? t.you : other}
                      marks={message.senderId === me ? marks : undefined}
                    />
                  </li>
                ))}
              </ol>
            </section>
          ))}
          {outgoing.length > 0 && (
            <ol className={css.messages}>
              {outgoing.map((one) => (
                <li key={one.key}>
                  <OutgoingBubble outgoing={one} />
                </li>
              ))}
            </ol>
          )}
        </div>
      </div>
      {!isAtEnd && (
        <div className={css.newest}>
          <Button small onClick={toEnd}>
            ↓ {t.toNewest}
          </Button>
        </div>
      )}
    </div>
  )
}
