import { useTexts } from '../i18n/language.tsx'
import type { Message } from './chat-queries.ts'
import { chatTexts } from './texts.ts'

/** Returns a message in a line: its text, what files it has, or that it was withdrawn. */
export const useMessageText = (): ((message: Message) => string) => {
  const t = useTexts(chatTexts)
  return ({ text, mediaIds, withdrawnAt }) =>
    withdrawnAt === undefined ? (text ?? t.files(mediaIds?.length ?? 1)) : t.withdrawn
}
