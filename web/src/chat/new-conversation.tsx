import { Navigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { Hidden, Page } from '../ui/layout.tsx'
import { conversationsKey } from './chat-queries.ts'
import type { ChatSearch } from './chat-search.ts'
import { chatTexts } from './texts.ts'

/** Starts the conversation with a person, or finds it, and goes to it. */
export const NewConversation = ({
  person,
  about: { gig, order },
}: {
  readonly person: string
  readonly about: Pick<ChatSearch, 'gig' | 'order'>
}) => {
  const t = useTexts(chatTexts)
  const { mutate, data, error } = useCommand({
    send: (_: void, once) =>
      run(
        api.POST('/api/v1/chat/conversations', {
          ...once,
          body: {
            participantId: person,
            ...(gig !== undefined && { gigId: gig }),
            ...(order !== undefined && { orderId: order }),
          },
        }),
      ),
    changes: [conversationsKey],
  })
  useEffect(() => mutate(), [mutate])
  if (data) return <Navigate to="/chat/$id" params={{ id: data.id }} replace />
  return (
    <Page title={t.title} narrow>
      {error ? (
        <>
          <p>{t.cannotStart}</p>
          <Failure error={error} onRetry={() => mutate()} />
        </>
      ) : (
        <>
          <Hidden>{t.starting}</Hidden>
          <Skeleton count={2} />
        </>
      )}
    </Page>
  )
}
