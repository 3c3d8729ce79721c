import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure, More, Skeleton } from '../../ui/feedback.tsx'
import { Card, List, Muted, Row } from '../../ui/layout.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Ago } from '../../ui/time.tsx'
import { commentsQuery, foundPostsQuery, type Post } from './moderation-queries.ts'
import { moderationTexts } from './moderation-texts.ts'
import { Removal } from './removal.tsx'

const Comments = ({ postId }: { readonly postId: string }) => {
  const t = useTexts(moderationTexts)
  const query = useInfiniteQuery(commentsQuery(postId))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data) return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />
  return (
    <>
      <List label={t.showComments}>
        {data.pages
          .flatMap(({ comments }) => comments)
          .map(({ id, content, author, deleted }) => (
            <li key={id}>
              <Row between>
                <span>
                  {deleted ? t.deleted : content} <Muted>{author?.username}</Muted>
                </span>
                {!deleted && <Removal kind="comment" id={id} text={content} />}
              </Row>
            </li>
          ))}
      </List>
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </>
  )
}

const Entry = ({ post }: { readonly post: Post }) => {
  const t = useTexts(moderationTexts)
  const { number } = useFormats()
  const [isOpen, setIsOpen] = useState(false)
  const { id, content, author, userId, createdAt, commentCount } = post
  return (
    <Card>
      <p>{content}</p>
      <Row between>
        <Muted>
          {t.by}{' '}
          <Link to="/desk/people/$id" params={{ id: userId }}>
            {author.name ?? author.username ?? t.somebody}
          </Link>
          , <Ago at={createdAt} />, {t.comments(number(commentCount))}
        </Muted>
        <Row>
          {commentCount > 0 && (
            <Button small aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
              {t.showComments}
            </Button>
          )}
          <Removal kind="post" id={id} text={content} />
        </Row>
      </Row>
      {isOpen && <Comments postId={id} />}
    </Card>
  )
}

/** Posts that have some words, with their comments, each to be deleted. */
export const ModeratedPosts = ({ q }: { readonly q: string }) => {
  const t = useTexts(moderationTexts)
  const query = useInfiniteQuery(foundPostsQuery(q))
  return (
    <Paged query={query} rowsOf={({ hits }) => hits} none={t.noPosts} skeletons={3}>
      {(posts) => (
        <List label={t.posts}>
          {posts.map(({ id, document }) => (
            <li key={id}>
              <Entry post={document} />
            </li>
          ))}
        </List>
      )}
    </Paged>
  )
}
