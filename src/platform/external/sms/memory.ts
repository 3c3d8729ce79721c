import { checkedMessage } from './checked-message.ts'
import type { Sms, TextMessage } from './port.ts'

/** Text messages in memory, for tests, with those that were taken. */
export type MemorySms = Sms & { readonly taken: TextMessage[] }

/** Text messages in memory. */
export const memorySms = (): MemorySms => {
  const taken: TextMessage[] = []
  return {
    taken,
    send: async (message) => void taken.push(checkedMessage(message)),
    forget: async (userId) => {
      const kept = taken.filter((one) => one.userId !== userId)
      const removed = taken.length - kept.length
      taken.splice(0, taken.length, ...kept)
      return removed
    },
  }
}
