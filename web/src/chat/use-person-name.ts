import { useTexts } from '../i18n/language.tsx'
import type { Conversation } from './chat-queries.ts'
import { chatTexts } from './texts.ts'

/** Returns how the other participant of a conversation is called. */
export const usePersonName = (): ((participant: Conversation['participant']) => string) => {
  const t = useTexts(chatTexts)
  return ({ name, username, hasLeft }) => (hasLeft ? t.left : (name ?? username ?? t.left))
}
