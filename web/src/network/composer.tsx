import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Card } from '../ui/layout.tsx'
import { PostForm, type PostBody } from './post-form.tsx'
import { postTexts } from './post-texts.ts'
import { useShownPosts } from './use-shown-posts.ts'

/** Writes a post, which is in the feed as soon as it is published. */
export const Composer = ({ user }: { readonly user: User }) => {
  const t = useTexts(postTexts)
  const toast = useToast()
  const { addPosts } = useShownPosts()
  const publish = useCommand({
    send: ({ content, mediaIds }: PostBody, once) =>
      run(
        api.POST('/api/v1/posts', {
          ...once,
          body: { mediaIds, ...(content !== undefined && { content }) },
        }),
      ),
    changes: [
      ['people', 'one', user.userId],
      ['posts', 'of', user.userId],
    ],
    onDone: (post) => {
      const { userId: id, username, name } = user
      const author = { id, username, ...(name !== undefined && { name }) }
      addPosts([{ ...post, author, liked: false }])
      toast(t.published)
    },
  })
  return (
    <Card title={t.write}>
      <PostForm
        busy={publish.isPending}
        error={publish.error}
        submitLabel={t.publish}
        onSend={(body, empty) => publish.mutate(body, { onSuccess: empty })}
      />
    </Card>
  )
}
