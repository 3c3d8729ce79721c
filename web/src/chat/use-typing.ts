import { useEffect, useRef, useState } from 'react'
import { ask } from '../api/sockets.ts'

/** How long a participant counts as typing after a sign of it, in ms. */
const lastsMs = 4_000

/** Interval in which typing is told, in ms. */
const everyMs = 2_000

/** Whether the other participant is typing: `saw` is to be called with each sign of it, `ended` with a message. */
export const useIsTyping = () => {
  const [isTyping, setIsTyping] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const ended = (): void => {
    clearTimeout(timer.current)
    setIsTyping(false)
  }
  const saw = (): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setIsTyping(false), lastsMs)
    setIsTyping(true)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return { isTyping, saw, ended }
}

/** Returns a function to be called with each input, which tells the other participant of it now and then. */
export const useTellTyping = (conversationId: string): (() => void) => {
  const toldAt = useRef(0)
  return () => {
    if (Date.now() - toldAt.current < everyMs) return
    toldAt.current = Date.now()
    void ask('/chat', 'typing', { conversationId }).catch(() => undefined)
  }
}
