import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useLive } from '../api/use-live.ts'
import { conversationQuery, messagesQuery, type Message } from './chat-queries.ts'
import {
  heardUpTo,
  laterMarks,
  nothingHeard,
  withChange,
  withNew,
  type Heard,
  type Marks,
} from './timeline.ts'
import { useJoining } from './use-joining.ts'
import { useIsTyping } from './use-typing.ts'

/** What sockets say about a conversation while its page is shown. */
export type Live = {
  readonly heard: Heard
  readonly marks: Marks
  /** Whether the other participant is connected; undefined while that is not known, or not to be known. */
  readonly isOnline: boolean | undefined
  readonly isTyping: boolean
  /** The last message of the other participant that came while the page was shown. */
  readonly arrived: Message | undefined
}

/**
 * Joins a conversation and hears everything that happens in it, without gaps: each connection asks for what comes after the
 * last message that is known.
 * @param readUpTo position up to which queries have read it; undefined before the first answer
 */
export const useHeard = (
  id: string,
  { me, other }: { readonly me: string; readonly other: string },
  readUpTo: string | undefined,
): Live => {
  const queries = useQueryClient()
  const [heard, setHeard] = useState(nothingHeard)
  const [marks, setMarks] = useState<Marks>({ received: undefined, read: undefined })
  const [isOnline, setIsOnline] = useState<boolean>()
  const [arrived, setArrived] = useState<Message>()
  const typing = useIsTyping()
  const { join, leave } = useJoining()
  const known = useRef('0')
  useEffect(() => {
    known.current = heardUpTo(readUpTo ?? '0', heard)
  }, [readUpTo, heard])

  const readAgain = useCallback(
    () => void queries.invalidateQueries({ queryKey: messagesQuery(id).queryKey }),
    [queries, id],
  )
  useLive(
    '/chat',
    {
      'message:new': (message) => {
        if (message.conversationId !== id) return
        setHeard((before) => withNew(before, message))
        if (message.senderId === me) return
        setArrived(message)
        typing.ended()
      },
      'message:edited': ({ conversationId, id: of, text, editedAt, position }) => {
        if (conversationId !== id) return
        const change = { ...(text !== undefined && { text }), editedAt }
        setHeard((before) => withChange(before, of, change, position))
      },
      'message:withdrawn': ({ conversationId, id: of, withdrawnAt, position }) => {
        if (conversationId === id)
          setHeard((before) => withChange(before, of, { withdrawnAt }, position))
      },
      'message:delivered': ({ conversationId, userId, upTo }) => {
        if (conversationId === id && userId === other)
          setMarks((before) => laterMarks(before, { received: upTo, read: undefined }))
      },
      'message:read': ({ conversationId, userId, upTo }) => {
        if (conversationId !== id) return
        if (userId === other)
          setMarks((before) => laterMarks(before, { received: upTo, read: upTo }))
        else
          queries.setQueryData(
            conversationQuery(id).queryKey,
            (one) => one && { ...one, readUpTo: upTo },
          )
      },
      typing: ({ conversationId, userId }) => {
        if (conversationId === id && userId === other) typing.saw()
      },
      presence: ({ userId, online }) => {
        if (userId === other) setIsOnline(online)
      },
    },
    {
      key: id,
      enabled: readUpTo !== undefined,
      onConnect: () => {
        // Marks are states: those of a broken connection are read.
        void queries.invalidateQueries({ queryKey: conversationQuery(id).queryKey })
        void join(
          id,
          () => known.current,
          ({ skipped }) => {
            if (skipped) readAgain()
          },
        )
      },
      onLeave: () => leave(id),
    },
  )
  return { heard, marks, isOnline, isTyping: typing.isTyping, arrived }
}
