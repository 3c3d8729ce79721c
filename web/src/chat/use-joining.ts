import { useEffect, useRef } from 'react'
import { ask, SocketRefusal } from '../api/sockets.ts'

/** Pause before another attempt to join, in ms. */
const pauseMs = 2_000

/** Refusals for good. */
const final = new Set(['not_found', 'forbidden', 'invalid_request', 'too_many_subscriptions'])

/**
 * Returns functions that join and leave conversations on the present connection. To join is tried until it succeeds, as a
 * store may be away for a moment; a new connection begins anew.
 */
export const useJoining = () => {
  /** The attempt that counts, by conversation. */
  const attempts = useRef(new Map<string, symbol>())
  useEffect(() => {
    const pending = attempts.current
    return () => pending.clear()
  }, [])
  const join = async (
    conversationId: string,
    afterPosition: () => string | undefined,
    onJoined?: (answer: { readonly position: string; readonly skipped?: true }) => void,
  ): Promise<void> => {
    const own = Symbol(conversationId)
    attempts.current.set(conversationId, own)
    while (attempts.current.get(conversationId) === own) {
      const after = afterPosition()
      try {
        const payload = { conversationId, ...(after !== undefined && { afterPosition: after }) }
        const answer = await ask('/chat', 'conversation:join', payload)
        if (attempts.current.get(conversationId) === own) onJoined?.(answer)
        return
      } catch (error) {
        if (error instanceof SocketRefusal && final.has(error.code)) return
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  }
  const leave = (conversationId: string): void => {
    attempts.current.delete(conversationId)
    void ask('/chat', 'conversation:leave', { conversationId }).catch(() => undefined)
  }
  return { join, leave }
}
