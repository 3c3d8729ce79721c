import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { signedIn } from '../api/signed-in.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Form } from '../ui/form.tsx'
import { Card, Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { BadLink } from './bad-link.tsx'
import { linkCheckQuery } from './link-check-query.ts'
import { signingInTexts } from './signing-in-texts.ts'
import { useLinkToken } from './use-link-token.ts'

const NewPassword = ({ token }: { readonly token: string }) => {
  const t = useTexts(signingInTexts)
  const reset = useCommand({
    send: (password: string, once) =>
      run(api.POST('/api/v1/auth/password/reset', { ...once, body: { token, password } })),
    changes: [],
    // All sessions have ended, that of this browser too.
    onDone: () => signedIn.end(),
  })
  if (reset.isSuccess)
    return (
      <Notice kind="good">
        <p>{t.resetDone}</p>
        <Link to="/sign-in">{t.signIn}</Link>
      </Notice>
    )
  return (
    <Card>
      <p>{t.resetEnds}</p>
      <Form
        error={reset.error}
        busy={reset.isPending}
        submitLabel={t.resetSet}
        explain={({ code }) => (code === 'link_expired' ? t.oldLink : undefined)}
        onSubmit={(values) => reset.mutate(values.raw('password'))}
      >
        <PasswordField
          name="password"
          label={t.newPassword}
          hint={t.passwordHint}
          autoComplete="new-password"
          minLength={8}
        />
      </Form>
    </Card>
  )
}

/** Sets a new password by the link of a mail. */
const ResetPage = () => {
  const t = useTexts(signingInTexts)
  const token = useLinkToken()
  const check = useQuery(linkCheckQuery(token))
  return (
    <Page title={t.resetTitle} narrow>
      {token === undefined ? (
        <BadLink />
      ) : check.error ? (
        <BadLink error={check.error} onRetry={() => void check.refetch()} />
      ) : (
        <Loaded query={check}>
          {({ kind }) => (kind === 'reset' ? <NewPassword token={token} /> : <BadLink />)}
        </Loaded>
      )}
    </Page>
  )
}

export default ResetPage
