import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Card, Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { BadLink } from './bad-link.tsx'
import { linkCheckQuery } from './link-check-query.ts'
import { signingInTexts } from './signing-in-texts.ts'
import { useLinkToken } from './use-link-token.ts'

/** Asks before the link is used: programs that look into mails open links, but press no buttons. */
const Verify = ({ token, isChange }: { readonly token: string; readonly isChange: boolean }) => {
  const t = useTexts(signingInTexts)
  const problemText = useProblemText()
  const verify = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/auth/email/verify', { ...once, body: { token } })),
  })
  if (verify.isSuccess)
    return (
      <Notice kind="good">
        <p>{isChange ? t.emailChanged : t.verified}</p>
        <Link to="/">{t.goOn}</Link>
      </Notice>
    )
  return (
    <Card>
      <p>{isChange ? t.changeAsk : t.verifyAsk}</p>
      {verify.error && <Notice kind="bad">{problemText(verify.error)}</Notice>}
      <div>
        <Button look="primary" busy={verify.isPending} onClick={() => verify.mutate()}>
          {isChange ? t.changeConfirm : t.verifyConfirm}
        </Button>
      </div>
    </Card>
  )
}

/** Verifies an address by the link of a mail, also a new one. */
const VerifyPage = () => {
  const t = useTexts(signingInTexts)
  const token = useLinkToken()
  const check = useQuery(linkCheckQuery(token))
  return (
    <Page title={t.verifyTitle} narrow>
      {token === undefined ? (
        <BadLink />
      ) : check.error ? (
        <BadLink error={check.error} onRetry={() => void check.refetch()} />
      ) : (
        <Loaded query={check}>
          {({ kind }) =>
            kind === 'reset' ? <BadLink /> : <Verify token={token} isChange={kind === 'change'} />
          }
        </Loaded>
      )}
    </Page>
  )
}

export default VerifyPage
