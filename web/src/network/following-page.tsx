import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTexts } from '../i18n/language.tsx'
import { FollowList } from './follow-list.tsx'
import { Members } from './members.tsx'
import { followingQuery } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'

const route = getRouteApi('/people/$id/following')

const Following = ({ id }: { readonly id: string }) => {
  const t = useTexts(peopleTexts)
  const query = useInfiniteQuery(followingQuery(id))
  return (
    <FollowList
      id={id}
      titleOf={t.followingOf}
      none={t.noFollowing}
      query={query}
      people={query.data?.pages.flatMap(({ following }) => following.map(({ user }) => user))}
    />
  )
}

/** The users whom a user follows. */
const FollowingPage = () => {
  const t = useTexts(peopleTexts)
  const { id } = route.useParams()
  return <Members title={t.people}>{() => <Following id={id} />}</Members>
}

export default FollowingPage
