import { useQuery, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { ApiProblem } from '../api/problem.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { List, Page, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { overviewQuery, type Profile } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import { PersonRow } from './person-row.tsx'

const People = ({
  people,
  query,
  label,
  none,
}: {
  readonly people: readonly Profile[] | undefined
  readonly query: Pick<
    UseInfiniteQueryResult,
    'error' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage' | 'refetch'
  >
  readonly label: string
  readonly none: string
}) => {
  const t = useTexts(peopleTexts)
  const { error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (error instanceof ApiProblem && error.status === 403) return <Notice>{t.hidden}</Notice>
  if (!people)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={2} />
  return (
    <Stack>
      {people.length === 0 ? (
        <Empty>
          <p>{none}</p>
        </Empty>
      ) : (
        <List label={label}>
          {people.map((person) => (
            <PersonRow key={person.userId} person={person} />
          ))}
        </List>
      )}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </Stack>
  )
}

/**
 * The page of the followers of a user, or of those whom the user follows.
 * @param props.titleOf the title, from the user's name
 * @param props.people undefined until they are read
 * @param props.query that reads them
 */
export const FollowList = ({
  id,
  titleOf,
  ...list
}: {
  readonly id: string
  readonly titleOf: (name: string) => string
  readonly none: string
} & Pick<Parameters<typeof People>[0], 'people' | 'query'>) => {
  const t = useTexts(peopleTexts)
  const { data } = useQuery(overviewQuery(id))
  const name = data?.profile.name ?? data?.profile.username ?? '…'
  return (
    <Page
      title={titleOf(name)}
      narrow
      actions={
        <ButtonLink to="/people/$id" params={{ id }}>
          {t.backToProfile}
        </ButtonLink>
      }
    >
      <People {...list} label={titleOf(name)} />
    </Page>
  )
}
