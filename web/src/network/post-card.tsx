import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useSession } from '../app/session.tsx'
import { common } from '../i18n/common.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/layout.tsx'
import { Ago } from '../ui/time.tsx'
import { Byline, useNameOf } from './byline.tsx'
import { Comments } from './comments.tsx'
import { DeletePost } from './delete-post.tsx'
import { EditPost } from './edit-post.tsx'
import { LikeButton } from './like-button.tsx'
import { PostPictures } from './post-pictures.tsx'
import type { Post } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import css from './post.module.css'
import { RichText } from './rich-text.tsx'

/**
 * A post with its likes and comments; its author edits and deletes it here.
 * @param props.isOpen whether its comments are shown from the beginning
 * @param props.onDeleted called once it is deleted here
 */
export const PostCard = ({
  post,
  isOpen = false,
  onDeleted,
}: {
  readonly post: Post
  readonly isOpen?: boolean
  readonly onDeleted?: () => void
}) => {
  const t = useTexts(postTexts)
  const { edit } = useTexts(common)
  const { number } = useFormats()
  const { user, is } = useSession()
  const nameOf = useNameOf()
  const [isEditing, setIsEditing] = useState(false)
  const [isShowing, setIsShowing] = useState(isOpen)
  const commentsId = useId()
  const { id, author, createdAt, editedAt, commentCount } = post
  const isMine = user?.userId === post.userId
  return (
    <article aria-label={t.post(nameOf(author))}>
      <Card>
        <Byline author={author}>
          <Link to="/posts/$id" params={{ id }}>
            <Ago at={createdAt} />
          </Link>
          {editedAt !== undefined && ` · ${t.edited}`}
        </Byline>
        {isEditing ? (
          <EditPost post={post} onEnd={() => setIsEditing(false)} />
        ) : (
          <>
            <RichText text={post.content} mentions={post.mentions} tags={post.tags} />
            <PostPictures post={post} />
          </>
        )}
        <div className={css.bar}>
          <LikeButton post={post} />
          <Button
            small
            look="quiet"
            aria-expanded={isShowing}
            aria-controls={commentsId}
            onClick={() => setIsShowing(!isShowing)}
          >
            {t.comments(number(commentCount), commentCount === 1)}
          </Button>
          {isMine && !isEditing && (
            <Button small look="quiet" aria-label={t.editPost} onClick={() => setIsEditing(true)}>
              {edit}
            </Button>
          )}
          {(isMine || is('admin')) && <DeletePost post={post} onDeleted={onDeleted} />}
        </div>
        <div id={commentsId} hidden={!isShowing}>
          {isShowing && <Comments post={post} />}
        </div>
      </Card>
    </article>
  )
}
