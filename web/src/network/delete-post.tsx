import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { useToast } from '../ui/feedback.tsx'
import type { Post } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import { useShownPosts } from './use-shown-posts.ts'

/** Deletes a post, after a question. @param props.onDeleted called once it is gone */
export const DeletePost = ({
  post: { id, userId },
  onDeleted,
}: {
  readonly post: Post
  readonly onDeleted?: (() => void) | undefined
}) => {
  const t = useTexts(postTexts)
  const { delete: label } = useTexts(common)
  const toast = useToast()
  const { removePost } = useShownPosts()
  const [isAsking, setIsAsking] = useState(false)
  const remove = useCommand({
    send: (_: void, once) =>
      run(api.DELETE('/api/v1/posts/{id}', { ...once, params: { path: { id } } })),
    changes: [['people', 'one', userId]],
    onDone: () => {
      toast(t.postDeleted)
      onDeleted?.()
      removePost(id)
    },
  })
  return (
    <>
      <Button small look="quiet" aria-label={t.deletePost} onClick={() => setIsAsking(true)}>
        {label}
      </Button>
      <Confirm
        title={t.deletePostTitle}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => remove.mutate()}
        confirmLabel={t.deletePost}
        busy={remove.isPending}
        error={remove.error}
      >
        <p>{t.deletePostWarning}</p>
      </Confirm>
    </>
  )
}
