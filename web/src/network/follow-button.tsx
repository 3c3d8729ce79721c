import { useQueryClient } from '@tanstack/react-query'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/feedback.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import {
  overviewQuery,
  relationKeys,
  type Overview,
  type Profile,
  type Relation,
} from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import { useShownPosts } from './use-shown-posts.ts'

/** Returns an overview after a change of the follow, as it will probably be. */
const followed = (
  overview: Overview,
  { following, requested }: Pick<Relation, 'following' | 'requested'>,
): Overview => {
  const { relation, counts } = overview
  if (!relation) return overview
  const more = Number(following) - Number(relation.following)
  return {
    ...overview,
    relation: { ...relation, following, requested },
    counts: {
      ...counts,
      ...(counts.followers !== undefined && { followers: counts.followers + more }),
    },
  }
}

/**
 * Follows a user, unfollows, asks a private one, or withdraws the request; shown at once, and taken back if the API
 * refuses it.
 */
export const FollowButton = ({
  person,
  relation,
}: {
  readonly person: Profile
  readonly relation: Relation
}) => {
  const t = useTexts(peopleTexts)
  const toast = useToast()
  const problemText = useProblemText()
  const queries = useQueryClient()
  const id = person.userId
  const { noteStale } = useShownPosts()
  const { queryKey } = overviewQuery(id)
  // A follower from before the profile was private sees nothing of it until accepted.
  const asks = person.private && person.privacy === undefined
  const isOn = relation.requested || (relation.following && !asks)
  const { mutateAsync, isPending } = useCommand({
    send: (wanted: boolean, once) => {
      const asked = { ...once, params: { path: { id } } }
      return run(
        wanted
          ? api.POST('/api/v1/users/{id}/follow', asked)
          : api.DELETE('/api/v1/users/{id}/follow', asked),
      )
    },
    changes: relationKeys,
    onDone: () => noteStale(id),
  })
  const toggle = async (): Promise<void> => {
    const before = queries.getQueryData(queryKey)
    const show = (state: Pick<Relation, 'following' | 'requested'>): void =>
      void queries.setQueryData(queryKey, (shown) => shown && followed(shown, state))
    show(
      isOn
        ? { following: false, requested: false }
        : { following: !asks || relation.following, requested: asks },
    )
    try {
      const { following, requested = false } = await mutateAsync(!isOn)
      show({ following, requested })
    } catch (error) {
      queries.setQueryData(queryKey, before)
      toast(problemText(error))
    }
  }
  const label = relation.requested
    ? t.withdraw
    : isOn
      ? t.unfollow
      : asks
        ? t.askToFollow
        : t.follow
  return (
    <Button look={isOn ? 'secondary' : 'primary'} busy={isPending} onClick={() => void toggle()}>
      {label}
    </Button>
  )
}
