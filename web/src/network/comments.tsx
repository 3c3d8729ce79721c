import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFallbackInterval } from '../api/use-live.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { List, Muted } from '../ui/layout.tsx'
import { useNameOf } from './byline.tsx'
import { CommentForm } from './comment-form.tsx'
import { CommentText } from './comment-text.tsx'
import { commentsQuery, type Post } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import css from './post.module.css'
import { threadsOf, type Thread } from './threads.ts'

const ThreadItem = ({ post, thread }: { readonly post: Post; readonly thread: Thread }) => {
  const t = useTexts(postTexts)
  const { cancel } = useTexts(common)
  const nameOf = useNameOf()
  const [isAnswering, setIsAnswering] = useState(false)
  const { comment, answers } = thread
  const author = nameOf(comment.author)
  const isAnswerable = comment.parentId === undefined && comment.deleted !== true
  return (
    <li className={css.comment}>
      {comment.parentId !== undefined && <Muted>{t.answersEarlier}</Muted>}
      <CommentText
        post={post}
        comment={comment}
        actions={
          isAnswerable && !isAnswering ? (
            <Button
              small
              look="quiet"
              aria-label={t.answerTo(author)}
              onClick={() => setIsAnswering(true)}
            >
              {t.answer}
            </Button>
          ) : undefined
        }
      />
      {answers.length > 0 && (
        <ul className={css.answers}>
          {answers.map((answer) => (
            <li key={answer.id} className={css.comment}>
              <CommentText post={post} comment={answer} />
            </li>
          ))}
        </ul>
      )}
      {isAnswering && (
        <CommentForm
          postId={post.id}
          parentId={comment.id}
          label={t.answerLabel(author)}
          onSent={() => setIsAnswering(false)}
          actions={<Button onClick={() => setIsAnswering(false)}>{cancel}</Button>}
        />
      )}
    </li>
  )
}

/** The comments of a post, the latest first, with their answers below them, and a field for another one. */
export const Comments = ({ post }: { readonly post: Post }) => {
  const t = useTexts(postTexts)
  const query = useInfiniteQuery({
    ...commentsQuery(post.id),
    refetchInterval: useFallbackInterval(),
  })
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  const threads = threadsOf(data?.pages.flatMap(({ comments }) => comments) ?? [])
  return (
    <div className={css.comments}>
      <CommentForm postId={post.id} label={t.commentLabel} />
      {!data && (error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />)}
      {data && threads.length === 0 && <Muted>{t.noComments}</Muted>}
      {threads.length > 0 && (
        <List>
          {threads.map((thread) => (
            <ThreadItem key={thread.comment.id} post={post} thread={thread} />
          ))}
        </List>
      )}
      {hasNextPage && (
        <div>
          <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t.older}
          </Button>
        </div>
      )}
    </div>
  )
}
