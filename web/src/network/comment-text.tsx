import { useState, type ReactNode } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useSession } from '../app/session.tsx'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Muted } from '../ui/layout.tsx'
import { Ago } from '../ui/time.tsx'
import { Byline, useNameOf } from './byline.tsx'
import type { Comment, Post } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import css from './post.module.css'
import { RichText } from './rich-text.tsx'
import { useShownPosts } from './use-shown-posts.ts'

const DeleteComment = ({ comment }: { readonly comment: Comment }) => {
  const t = useTexts(postTexts)
  const { delete: label } = useTexts(common)
  const toast = useToast()
  const name = useNameOf()(comment.author)
  const { removeComment } = useShownPosts()
  const [isAsking, setIsAsking] = useState(false)
  const { id } = comment
  const remove = useCommand({
    send: (_: void, once) =>
      run(api.DELETE('/api/v1/comments/{id}', { ...once, params: { path: { id } } })),
    changes: [],
    onDone: () => {
      toast(t.commentDeleted)
      removeComment(comment)
    },
  })
  return (
    <>
      <Button
        small
        look="quiet"
        aria-label={t.deleteComment(name)}
        onClick={() => setIsAsking(true)}
      >
        {label}
      </Button>
      <Confirm
        title={t.deleteCommentTitle}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => remove.mutate()}
        confirmLabel={label}
        busy={remove.isPending}
        error={remove.error}
      />
    </>
  )
}

/** A comment or an answer. Its author and the author of the post may delete it. */
export const CommentText = ({
  post,
  comment,
  actions,
}: {
  readonly post: Post
  readonly comment: Comment
  readonly actions?: ReactNode
}) => {
  const t = useTexts(postTexts)
  const { user, is } = useSession()
  const { author, userId, content, mentions, createdAt } = comment
  if (!author || comment.deleted) return <Muted>{t.deletedComment}</Muted>
  const mayDelete =
    user !== undefined && (userId === user.userId || post.userId === user.userId || is('admin'))
  return (
    <>
      <Byline author={author}>
        <Ago at={createdAt} />
      </Byline>
      <RichText text={content} mentions={mentions} />
      {(mayDelete || actions) && (
        <div className={css.bar}>
          {actions}
          {mayDelete && <DeleteComment comment={comment} />}
        </div>
      )}
    </>
  )
}
