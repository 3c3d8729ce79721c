import { Link } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Card, Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { signingInTexts } from './signing-in-texts.ts'

/** Requests the mail with the link that sets a new password. */
const ForgotPage = () => {
  const t = useTexts(signingInTexts)
  const ask = useCommand({
    send: (email: string, once) =>
      run(api.POST('/api/v1/auth/password/forgot', { ...once, body: { email } })),
    changes: [],
  })
  return (
    <Page title={t.forgotTitle} narrow>
      <Card>
        <p>{t.forgotHow}</p>
        <Form
          error={ask.error}
          busy={ask.isPending}
          submitLabel={t.forgotSend}
          onSubmit={(values) => ask.mutate(values.text('email'))}
        >
          <TextField name="email" type="email" label={t.email} autoComplete="username" />
        </Form>
        {ask.isSuccess && <Notice kind="good">{t.forgotSent(ask.variables)}</Notice>}
        <p>
          <Link to="/sign-in">{t.backToSignIn}</Link>
        </p>
      </Card>
    </Page>
  )
}

export default ForgotPage
