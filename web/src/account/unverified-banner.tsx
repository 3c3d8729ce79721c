import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { profileTexts } from './profile-texts.ts'

/** Says that the user's address is not confirmed yet, and sends the mail again. */
export const UnverifiedBanner = ({ user }: { readonly user: User }) => {
  const t = useTexts(profileTexts)
  const problemText = useProblemText()
  const resend = useCommand({
    send: (_: void, once) => run(api.POST('/api/v1/auth/email/resend', { ...once })),
    changes: [],
  })
  if (user.emailVerified) return null
  return (
    <Notice kind="warn">
      <Row between>
        <span>{resend.isSuccess ? t.resent(user.email) : t.unverified(user.email)}</span>
        {!resend.isSuccess && (
          <Button small busy={resend.isPending} onClick={() => resend.mutate()}>
            {t.resend}
          </Button>
        )}
      </Row>
      {resend.error && <p>{problemText(resend.error)}</p>}
    </Notice>
  )
}
