import { ApiProblem } from '../api/problem.ts'
import { SocketRefusal } from '../api/sockets.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { useServerTexts } from '../i18n/server-texts.ts'

/** Returns how a failed request is explained to users. */
export const useProblemText = (): ((error: unknown) => string) => {
  const t = useTexts(common)
  const { refusal } = useServerTexts()
  return (error) => {
    if (error instanceof SocketRefusal)
      return error.code === 'offline' ? t.offline : refusal(error.message)
    if (!(error instanceof ApiProblem)) return t.failed
    if (error.status === 0) return t.offline
    if (error.status === 429) return t.tooMany(error.retryAfter ?? 1)
    if (error.status >= 500) return t.unavailable
    return error.message === '' ? t.failed : refusal(error.message)
  }
}
