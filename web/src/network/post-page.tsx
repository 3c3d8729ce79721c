import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { isNotFound } from '../api/problem.ts'
import { useFallbackInterval } from '../api/use-live.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useNameOf } from './byline.tsx'
import { Members } from './members.tsx'
import { PostCard } from './post-card.tsx'
import { postQuery } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import { useLivePosts } from './use-live-posts.ts'

const route = getRouteApi('/posts/$id')

const OnePost = ({ id }: { readonly id: string }) => {
  const t = useTexts(postTexts)
  const nameOf = useNameOf()
  const navigate = useNavigate()
  const query = useQuery({ ...postQuery(id), refetchInterval: useFallbackInterval() })
  const isThere = query.data !== undefined && !isNotFound(query.error)
  useLivePosts(isThere ? [id] : [])
  // Also if it was shown before.
  if (isNotFound(query.error))
    return (
      <Page title={t.posts} narrow>
        <Notice>{t.postGone}</Notice>
        <div>
          <ButtonLink to="/feed">{t.feed}</ButtonLink>
        </div>
      </Page>
    )
  return (
    <Loaded query={query} skeletons={2}>
      {(post) => (
        <Page
          title={t.post(nameOf(post.author))}
          narrow
          actions={<ButtonLink to="/feed">{t.feed}</ButtonLink>}
        >
          <PostCard post={post} isOpen onDeleted={() => void navigate({ to: '/feed' })} />
        </Page>
      )}
    </Loaded>
  )
}

/** One post with its comments, at an address of its own. */
const PostPage = () => {
  const t = useTexts(postTexts)
  const { id } = route.useParams()
  return <Members title={t.posts}>{() => <OnePost id={id} />}</Members>
}

export default PostPage
