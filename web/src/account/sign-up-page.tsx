import { getRouteApi, Link } from '@tanstack/react-router'
import { api, type BodyOf } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useLanguage, useTexts } from '../i18n/language.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Card, Page, Row } from '../ui/layout.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { adoptBrowser } from './adopt-browser.ts'
import { beginSession } from './begin-session.ts'
import { ProviderLinks } from './providers.tsx'
import { signingInTexts } from './signing-in-texts.ts'
import { useLeaveWhenSignedIn } from './use-leave-when-signed-in.ts'

const route = getRouteApi('/sign-up')

/** Opens an account, which signs in. */
const SignUpPage = () => {
  const t = useTexts(signingInTexts)
  const toast = useToast()
  const { language } = useLanguage()
  const { next = '/' } = route.useSearch()
  useLeaveWhenSignedIn(next)
  const signUp = useCommand({
    send: (body: BodyOf<'/api/v1/auth/register', 'post'>, once) =>
      beginSession(api.POST('/api/v1/auth/register', { ...once, body }), () =>
        adoptBrowser(language),
      ),
    changes: [],
    onDone: (_, { email }) => toast(t.welcome(email)),
  })
  return (
    <Page title={t.signUp} narrow>
      <Card>
        <Form
          error={signUp.error}
          busy={signUp.isPending}
          submitLabel={t.signUp}
          onSubmit={(values) => {
            const name = values.given('name')
            signUp.mutate({
              email: values.text('email'),
              username: values.text('username'),
              password: values.raw('password'),
              ...(name !== undefined && { name }),
            })
          }}
        >
          <TextField
            name="email"
            type="email"
            label={t.email}
            hint={t.emailHint}
            autoComplete="email"
          />
          <TextField
            name="username"
            label={t.username}
            hint={t.usernameHint}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
          <TextField
            name="name"
            label={t.name}
            hint={t.nameHint}
            autoComplete="name"
            required={false}
            maxLength={255}
          />
          <PasswordField
            name="password"
            label={t.password}
            hint={t.passwordHint}
            autoComplete="new-password"
            minLength={8}
          />
        </Form>
        <Row>
          <Link to="/sign-in" search={next === '/' ? {} : { next }}>
            {t.haveAccount}
          </Link>
        </Row>
      </Card>
      <ProviderLinks next={next} />
    </Page>
  )
}

export default SignUpPage
