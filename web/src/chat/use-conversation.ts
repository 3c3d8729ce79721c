import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useFallbackInterval } from '../api/use-live.ts'
import { messagesQuery, type Conversation, type Message } from './chat-queries.ts'
import type { Outgoing } from './outbox.ts'
import { laterMarks, messagesOf, withOutgoing, type Marks } from './timeline.ts'
import { useHeard, type Live } from './use-heard.ts'
import { useOutgoing } from './use-outbox.ts'

/** What the page of a conversation shows. */
export type ConversationState = Pick<Live, 'isOnline' | 'isTyping' | 'arrived'> & {
  /** The oldest first; undefined before the first answer. */
  readonly messages: readonly Message[] | undefined
  readonly outgoing: readonly Outgoing[]
  readonly marks: Marks
  /** Position of the newest known message. */
  readonly newest: string
  readonly query: Pick<
    UseInfiniteQueryResult,
    'error' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage' | 'refetch'
  >
}

/** The present state of a conversation, from queries, sockets, and what is on its way. @param me id of the user */
export const useConversation = (
  { id, participant, participantReceivedUpTo, participantReadUpTo }: Conversation,
  me: string,
): ConversationState => {
  const query = useInfiniteQuery({ ...messagesQuery(id), refetchInterval: useFallbackInterval() })
  const pages = query.data?.pages
  const live = useHeard(id, { me, other: participant.id }, pages?.[0]?.position)
  const all = useMemo(
    () =>
      pages &&
      messagesOf(
        pages.flatMap(({ messages }) => messages),
        live.heard,
      ),
    [pages, live.heard],
  )
  const known = useMemo(() => new Set(all?.map((message) => message.id)), [all])
  const written = useOutgoing(id, me, known)
  const shown = useMemo(() => withOutgoing(all ?? [], written, me), [all, written, me])
  return {
    isOnline: live.isOnline,
    isTyping: live.isTyping,
    arrived: live.arrived,
    messages: all && shown.messages,
    outgoing: shown.outgoing,
    marks: laterMarks(live.marks, { received: participantReceivedUpTo, read: participantReadUpTo }),
    newest: all?.at(-1)?.position ?? '0',
    query,
  }
}
