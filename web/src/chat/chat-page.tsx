import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useFallbackInterval } from '../api/use-live.ts'
import { SignedIn } from '../app/access.tsx'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { List, Page } from '../ui/layout.tsx'
import { conversationsQuery, type Conversation } from './chat-queries.ts'
import { ConversationRow } from './conversation-row.tsx'
import { NewConversation } from './new-conversation.tsx'
import { chatTexts } from './texts.ts'
import { useLiveList } from './use-live-list.ts'
import { useUnsent } from './use-outbox.ts'

const route = getRouteApi('/chat')

/** Each once: one that has moved up as pages were read is on two of them. */
const eachOnce = (all: readonly Conversation[]): readonly Conversation[] => [
  ...new Map(all.map((one) => [one.id, one])).values(),
]

const Conversations = ({ me }: { readonly me: string }) => {
  const t = useTexts(chatTexts)
  const query = useInfiniteQuery({
    ...conversationsQuery,
    refetchInterval: useFallbackInterval(),
  })
  const all = query.data && eachOnce(query.data.pages.flatMap(({ conversations }) => conversations))
  const online = useLiveList(all?.map(({ id }) => id) ?? [])
  const unsent = useUnsent(me)
  return (
    <Page title={t.title} narrow>
      {all ? (
        <>
          {all.length === 0 && (
            <Empty>
              <p>{t.none}</p>
              <ButtonLink to="/people">{t.findPeople}</ButtonLink>
            </Empty>
          )}
          <List label={t.conversations}>
            {all.map((one) => (
              <li key={one.id}>
                <ConversationRow
                  conversation={one}
                  isOnline={online.has(one.participant.id)}
                  hasUnsent={unsent.has(one.id)}
                />
              </li>
            ))}
          </List>
          <More
            has={query.hasNextPage}
            busy={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        </>
      ) : query.error ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton count={4} />
      )}
    </Page>
  )
}

/** The conversations of the user; with a person in the address, the conversation with that person. */
const ChatPage = () => {
  const { with: person, ...about } = route.useSearch()
  return (
    <SignedIn>
      {({ userId }) =>
        person === undefined ? (
          <Conversations me={userId} />
        ) : (
          <NewConversation key={person} person={person} about={about} />
        )
      }
    </SignedIn>
  )
}

export default ChatPage
