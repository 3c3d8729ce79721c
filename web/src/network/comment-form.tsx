import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useSession } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Form, TextArea } from '../ui/form.tsx'
import type { ReactNode } from 'react'
import { postTexts } from './post-texts.ts'
import { useShownPosts } from './use-shown-posts.ts'

/**
 * Comments on a post, or answers a comment; what was sent is shown at once.
 * @param props.parentId the comment that is answered
 * @param props.onSent called once it is sent
 */
export const CommentForm = ({
  postId,
  parentId,
  label,
  actions,
  onSent,
}: {
  readonly postId: string
  readonly parentId?: string
  readonly label: string
  readonly actions?: ReactNode
  readonly onSent?: () => void
}) => {
  const t = useTexts(postTexts)
  const { user } = useSession()
  const { addComment } = useShownPosts()
  const { mutate, isPending, error } = useCommand({
    send: (content: string, once) =>
      run(
        api.POST('/api/v1/posts/{id}/comments', {
          ...once,
          params: { path: { id: postId } },
          body: { content, ...(parentId !== undefined && { parentId }) },
        }),
      ),
    changes: [],
    onDone: (comment) => {
      if (!user) return
      const { userId: id, username, name } = user
      const author = { id, username, ...(name !== undefined && { name }) }
      addComment({ ...comment, author, answers: 0 })
    },
  })
  return (
    <Form
      busy={isPending}
      error={error}
      submitLabel={t.send}
      actions={actions}
      onSubmit={(values, form) =>
        mutate(values.text('content'), {
          onSuccess: () => {
            form.reset()
            onSent?.()
          },
        })
      }
    >
      <TextArea name="content" label={label} rows={2} />
    </Form>
  )
}
