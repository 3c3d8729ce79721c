import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/feedback.tsx'
import { PostForm, type PostBody } from './post-form.tsx'
import type { Post } from './post-queries.ts'
import { useShownPosts } from './use-shown-posts.ts'

/** Changes the text and the pictures of an own post, in its place. */
export const EditPost = ({ post, onEnd }: { readonly post: Post; readonly onEnd: () => void }) => {
  const t = useTexts(common)
  const toast = useToast()
  const { changePost } = useShownPosts()
  const { id } = post
  const edit = useCommand({
    send: (
      { content = null, mediaIds }: Omit<PostBody, 'content'> & { content?: string | null },
      once,
    ) =>
      run(
        api.PATCH('/api/v1/posts/{id}', {
          ...once,
          params: { path: { id } },
          body: { content, mediaIds },
        }),
      ),
    changes: [],
    onDone: (changed) => {
      changePost(id, (one) => ({ ...one, ...changed }))
      toast(t.saved)
      onEnd()
    },
  })
  return (
    <PostForm
      post={post}
      busy={edit.isPending}
      error={edit.error}
      submitLabel={t.save}
      actions={<Button onClick={onEnd}>{t.cancel}</Button>}
      onSend={({ content, mediaIds }) =>
        edit.mutate({ mediaIds, ...(content !== undefined && { content }) })
      }
    />
  )
}
