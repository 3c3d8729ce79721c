import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { api, run } from '../api/client.ts'
import { noteWritten } from '../api/positions.ts'
import { ask, socketOf } from '../api/sockets.ts'
import { conversationsKey, conversationQuery } from './chat-queries.ts'

/** Pause before another attempt, in ms. */
const pauseMs = 3_000

const visibility = {
  get: (): boolean => document.visibilityState === 'visible',
  subscribe: (listener: () => void): (() => void) => {
    document.addEventListener('visibilitychange', listener)
    return () => document.removeEventListener('visibilitychange', listener)
  },
}

const markRead = async (id: string): Promise<void> => {
  if ((await socketOf('/chat')).connected) {
    const { position } = await ask('/chat', 'message:read', { conversationId: id })
    noteWritten(position)
    return
  }
  await run(api.POST('/api/v1/chat/conversations/{id}/read', { params: { path: { id } } }))
}

/**
 * Marks the messages of a conversation as read while its newest one is seen and the tab is in front.
 * @param newest time of the newest message of the other participant, if that is unread
 * @param isSeen whether it is in view
 */
export const useReadMark = (id: string, newest: string | undefined, isSeen: boolean): void => {
  const queries = useQueryClient()
  const isVisible = useSyncExternalStore(visibility.subscribe, visibility.get)
  const marked = useRef('')
  useEffect(() => {
    if (newest === undefined || newest <= marked.current || !isSeen || !isVisible) return undefined
    let isGone = false
    const attempt = async (): Promise<void> => {
      try {
        await markRead(id)
        if (newest > marked.current) marked.current = newest
        queries.setQueryData(
          conversationQuery(id).queryKey,
          (one) => one && { ...one, unread: 0, readUpTo: newest },
        )
        await queries.invalidateQueries({ queryKey: conversationsKey })
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        if (!isGone) await attempt()
      }
    }
    void attempt()
    return () => {
      isGone = true
    }
  }, [id, newest, isSeen, isVisible, queries])
}
