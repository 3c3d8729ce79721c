import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { useToast } from '../../ui/feedback.tsx'
import { moderationTexts } from './moderation-texts.ts'

/** What an admin may delete. */
export type Removable = 'post' | 'comment' | 'review'

/** Deletes a post, a comment or a review for everybody. @param props.text what it says, to be read before */
export const Removal = ({
  kind,
  id,
  text,
}: {
  readonly kind: Removable
  readonly id: string
  readonly text: string
}) => {
  const t = useTexts(moderationTexts)
  const toast = useToast()
  const [isOpen, setIsOpen] = useState(false)
  const remove = useCommand({
    send: (_: void, once) => {
      const options = { params: { path: { id } }, ...once }
      if (kind === 'post') return run(api.DELETE('/api/v1/posts/{id}', options))
      return kind === 'comment'
        ? run(api.DELETE('/api/v1/comments/{id}', options))
        : run(api.DELETE('/api/v1/reviews/{id}', options))
    },
    onDone: () => {
      setIsOpen(false)
      toast(t.removed)
    },
  })
  return (
    <>
      <Button small look="danger" onClick={() => setIsOpen(true)}>
        {t.remove}
      </Button>
      <Confirm
        title={t.removeTitle}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={() => remove.mutate()}
        confirmLabel={t.removeNow}
        busy={remove.isPending}
        error={remove.error}
      >
        <blockquote>{text}</blockquote>
      </Confirm>
    </>
  )
}
