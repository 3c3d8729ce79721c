import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Hidden } from '../ui/layout.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import type { Post } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import { useShownPosts } from './use-shown-posts.ts'

/** Likes a post, or takes the like back; shown at once, and taken back if the API refuses it. */
export const LikeButton = ({ post }: { readonly post: Post }) => {
  const t = useTexts(postTexts)
  const { number } = useFormats()
  const toast = useToast()
  const problemText = useProblemText()
  const { changePost } = useShownPosts()
  const { id, liked, likeCount } = post
  const { mutateAsync, isPending } = useCommand({
    send: (wanted: boolean, once) => {
      const asked = { ...once, params: { path: { id } } }
      return run(
        wanted
          ? api.POST('/api/v1/posts/{id}/like', asked)
          : api.DELETE('/api/v1/posts/{id}/like', asked),
      )
    },
    changes: [],
  })
  const toggle = async (): Promise<void> => {
    const wanted = !liked
    const step = wanted ? 1 : -1
    changePost(id, (one) => ({ ...one, liked: wanted, likeCount: one.likeCount + step }))
    try {
      const answer = await mutateAsync(wanted)
      changePost(id, (one) => ({ ...one, ...answer }))
    } catch (error) {
      changePost(id, (one) => ({ ...one, liked, likeCount: one.likeCount - step }))
      toast(problemText(error))
    }
  }
  return (
    <Button look="quiet" small aria-pressed={liked} busy={isPending} onClick={() => void toggle()}>
      <span aria-hidden="true">{liked ? '♥' : '♡'}</span>
      <Hidden>{`${t.like}:`}</Hidden>
      {t.likes(number(likeCount), likeCount === 1)}
    </Button>
  )
}
