import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useLive, useLiveness } from '../api/use-live.ts'
import { conversationsKey } from './chat-queries.ts'
import { useJoining } from './use-joining.ts'

/**
 * Keeps the list of conversations current: joins all that are shown, and reads the list again as something happens in one.
 * @returns ids of the users who are connected
 */
export const useLiveList = (ids: readonly string[]): ReadonlySet<string> => {
  const queries = useQueryClient()
  const [online, setOnline] = useState<ReadonlySet<string>>(new Set())
  const { join, leave } = useJoining()
  const joined = useRef(new Set<string>())
  const isConnected = useRef(false)
  const readAgain = (): void => void queries.invalidateQueries({ queryKey: conversationsKey })
  const joinAll = (): void => {
    for (const id of ids.filter((one) => !joined.current.has(one))) {
      joined.current.add(id)
      void join(id, () => undefined, readAgain)
    }
  }
  useLive(
    '/chat',
    {
      'conversation:new': readAgain,
      'message:new': readAgain,
      'message:edited': readAgain,
      'message:withdrawn': readAgain,
      'message:read': readAgain,
      presence: ({ userId, online: isOnline }) =>
        setOnline((before) => {
          const others = [...before].filter((one) => one !== userId)
          return new Set(isOnline ? [...others, userId] : others)
        }),
    },
    {
      onConnect: () => {
        isConnected.current = true
        // Some may have begun while there was no connection.
        readAgain()
        joined.current.clear()
        joinAll()
      },
      onLeave: () => {
        for (const id of joined.current) leave(id)
      },
    },
  )
  useEffect(() => {
    if (isConnected.current) joinAll()
  })
  const isOffline = useLiveness() === 'offline'
  return isOffline ? new Set() : online
}
