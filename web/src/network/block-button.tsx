import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { useToast } from '../ui/feedback.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { relationKeys } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import { useShownPosts } from './use-shown-posts.ts'

/** Blocks a user after a question, or ends the block. @param props.name of the user */
export const BlockButton = ({
  userId: id,
  name,
  isBlocked,
}: {
  readonly userId: string
  readonly name: string
  readonly isBlocked: boolean
}) => {
  const t = useTexts(peopleTexts)
  const toast = useToast()
  const problemText = useProblemText()
  const { noteStale } = useShownPosts()
  const [isAsking, setIsAsking] = useState(false)
  const change = useCommand({
    send: (wanted: boolean, once) => {
      const asked = { ...once, params: { path: { id } } }
      return run(
        wanted
          ? api.POST('/api/v1/users/{id}/block', asked)
          : api.DELETE('/api/v1/users/{id}/block', asked),
      )
    },
    changes: relationKeys,
    onDone: ({ blocked }) => {
      noteStale(id)
      setIsAsking(false)
      toast(blocked ? t.blockedNow(name) : t.unblockedNow(name))
    },
  })
  if (isBlocked)
    return (
      <Button
        busy={change.isPending}
        onClick={() => change.mutate(false, { onError: (error) => toast(problemText(error)) })}
      >
        {t.unblock}
      </Button>
    )
  return (
    <>
      <Button look="quiet" onClick={() => setIsAsking(true)}>
        {t.block}
      </Button>
      <Confirm
        title={t.blockTitle(name)}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => change.mutate(true)}
        confirmLabel={t.block}
        busy={change.isPending}
        error={change.error}
      >
        <p>{t.blockWarning}</p>
      </Confirm>
    </>
  )
}
