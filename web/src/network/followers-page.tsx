import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTexts } from '../i18n/language.tsx'
import { FollowList } from './follow-list.tsx'
import { Members } from './members.tsx'
import { followersQuery } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'

const route = getRouteApi('/people/$id/followers')

const Followers = ({ id }: { readonly id: string }) => {
  const t = useTexts(peopleTexts)
  const query = useInfiniteQuery(followersQuery(id))
  return (
    <FollowList
      id={id}
      titleOf={t.followersOf}
      none={t.noFollowers}
      query={query}
      people={query.data?.pages.flatMap(({ followers }) => followers.map(({ user }) => user))}
    />
  )
}

/** The followers of a user. */
const FollowersPage = () => {
  const t = useTexts(peopleTexts)
  const { id } = route.useParams()
  return <Members title={t.people}>{() => <Followers id={id} />}</Members>
}

export default FollowersPage
