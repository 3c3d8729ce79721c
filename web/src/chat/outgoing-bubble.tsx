import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Hidden } from '../ui/layout.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { MessageFiles } from './message-files.tsx'
import css from './message.module.css'
import type { Outgoing } from './outbox.ts'
import { chatTexts } from './texts.ts'
import { outbox } from './use-outbox.ts'

/** A message that is on its way, that the API has refused, or that was not sent before. */
export const OutgoingBubble = ({
  outgoing: { key, text, mediaIds, status, error },
}: {
  readonly outgoing: Outgoing
}) => {
  const t = useTexts(chatTexts)
  const problemText = useProblemText()
  return (
    <div className={`${css.item} ${css.own}`}>
      <div className={css.bubble}>
        <Hidden>{t.you}:</Hidden>
        {text !== undefined && <p className={css.text}>{text}</p>}
        <MessageFiles ids={mediaIds} />
      </div>
      <div className={css.meta}>
        {status === 'refused' || status === 'unsent' ? (
          <>
            {status === 'unsent' ? (
              <span>{t.unsent}</span>
            ) : (
              <span role="alert">{t.notSent(problemText(error))}</span>
            )}
            <Button small onClick={() => outbox.retry(key)}>
              {t.again}
            </Button>
            <Button look="quiet" small onClick={() => outbox.discard(key)}>
              {t.discard}
            </Button>
          </>
        ) : (
          <span>{t[status]}</span>
        )}
      </div>
    </div>
  )
}
