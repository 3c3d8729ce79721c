import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useFallbackInterval, useLiveness } from '../api/use-live.ts'
import { SignedIn } from '../app/access.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { Page, Row } from '../ui/layout.tsx'
import { Badge } from '../ui/notice.tsx'
import { conversationQuery, type Conversation } from './chat-queries.ts'
import { ConversationView } from './conversation-view.tsx'
import { chatTexts } from './texts.ts'
import { usePersonName } from './use-person-name.ts'
import { useConversation } from './use-conversation.ts'

const route = getRouteApi('/chat/$id')

const Presence = ({ isOnline }: { readonly isOnline: boolean | undefined }) => {
  const t = useTexts(chatTexts)
  // What was heard before the connection was lost may no longer hold.
  if (useLiveness() === 'offline' || isOnline === undefined) return null
  return <Badge kind={isOnline ? 'good' : 'neutral'}>{isOnline ? t.online : t.offline}</Badge>
}

const Subject = ({ conversation: { gigId, orderId } }: { readonly conversation: Conversation }) => {
  const t = useTexts(chatTexts)
  if (gigId !== undefined)
    return (
      <Link to="/gigs/$id" params={{ id: gigId }}>
        {t.aboutGig}
      </Link>
    )
  if (orderId !== undefined)
    return (
      <Link to="/orders/$id" params={{ id: orderId }}>
        {t.aboutOrder}
      </Link>
    )
  return null
}

const Known = ({
  conversation,
  me,
}: {
  readonly conversation: Conversation
  readonly me: string
}) => {
  const t = useTexts(chatTexts)
  const personName = usePersonName()
  const state = useConversation(conversation, me)
  const { participant } = conversation
  return (
    <Page
      title={personName(participant)}
      narrow
      actions={
        <>
          <Presence isOnline={state.isOnline} />
          <Subject conversation={conversation} />
          {!participant.hasLeft && (
            <Link to="/people/$id" params={{ id: participant.id }}>
              {t.profile}
            </Link>
          )}
        </>
      }
    >
      <Row>
        <Link to="/chat">← {t.toList}</Link>
      </Row>
      <ConversationView conversation={conversation} me={me} state={state} />
    </Page>
  )
}

const One = ({ id, me }: { readonly id: string; readonly me: string }) => {
  const t = useTexts(chatTexts)
  const { data, error, refetch } = useQuery({
    ...conversationQuery(id),
    refetchInterval: useFallbackInterval(),
  })
  if (data) return <Known conversation={data} me={me} />
  return (
    <Page title={t.title} narrow>
      {error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={3} />}
    </Page>
  )
}

/** A conversation: its messages as they come, and the field for the next one. */
const ConversationPage = () => {
  const { id } = route.useParams()
  return <SignedIn>{({ userId }) => <One key={id} id={id} me={userId} />}</SignedIn>
}

export default ConversationPage
