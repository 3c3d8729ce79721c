import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { api } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import { signedIn } from '../api/signed-in.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Card, Page, Row } from '../ui/layout.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { beginSession } from './begin-session.ts'
import { ProviderLinks } from './providers.tsx'
import { signingInTexts } from './signing-in-texts.ts'
import { useLeaveWhenSignedIn } from './use-leave-when-signed-in.ts'

const route = getRouteApi('/sign-in')

/** Sign-in by e-mail and password, or at an identity provider, which returns the browser here. */
const SignInPage = () => {
  const t = useTexts(signingInTexts)
  const { next = '/', returned } = route.useSearch()
  useEffect(() => {
    // The callback has set the cookies; whether there is a session shows as the user is read.
    if (returned) signedIn.assume()
  }, [returned])
  useLeaveWhenSignedIn(next)
  const signIn = useCommand({
    send: (body: { readonly email: string; readonly password: string }, once) =>
      beginSession(api.POST('/api/v1/auth/login', { ...once, body })),
    changes: [],
  })
  const explain = ({ code, retryAfter }: ApiProblem): string | undefined => {
    if (code === 'invalid_credentials') return t.wrong
    if (code === 'account_suspended') return t.suspended
    return code === 'too_many_attempts' ? t.tooMany(retryAfter ?? 1) : undefined
  }
  return (
    <Page title={t.signIn} narrow>
      <Card>
        <Form
          error={signIn.error}
          explain={explain}
          busy={signIn.isPending}
          submitLabel={t.signIn}
          onSubmit={(values) =>
            signIn.mutate({ email: values.text('email'), password: values.raw('password') })
          }
        >
          <TextField name="email" type="email" label={t.email} autoComplete="username" />
          <PasswordField name="password" label={t.password} autoComplete="current-password" />
        </Form>
        <Row between>
          <Link to="/forgot">{t.forgotten}</Link>
          <Link to="/sign-up" search={next === '/' ? {} : { next }}>
            {t.noAccount}
          </Link>
        </Row>
      </Card>
      <ProviderLinks next={next} />
    </Page>
  )
}

export default SignInPage
