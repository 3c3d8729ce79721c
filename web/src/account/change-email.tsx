import { useRef } from 'react'
import { api, run, type BodyOf } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Card } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { securityTexts } from './security-texts.ts'

/** Requests a change of the address, which a mail to the new one confirms. */
export const ChangeEmail = ({ user }: { readonly user: User }) => {
  const t = useTexts(securityTexts)
  const form = useRef<HTMLFormElement>(undefined)
  const change = useCommand({
    send: (body: BodyOf<'/api/v1/auth/email/change', 'post'>, once) =>
      run(api.POST('/api/v1/auth/email/change', { ...once, body })),
    onDone: () => form.current?.reset(),
  })
  return (
    <Card title={t.changeEmail}>
      <p>{t.emailNow(user.email)}</p>
      <Form
        error={change.error}
        busy={change.isPending}
        submitLabel={t.changeEmail}
        onSubmit={(values, element) => {
          form.current = element
          change.mutate({ email: values.text('email'), password: values.raw('password') })
        }}
      >
        <TextField name="email" type="email" label={t.newEmail} autoComplete="email" />
        <PasswordField name="password" label={t.yourPassword} autoComplete="current-password" />
      </Form>
      {change.isSuccess && <Notice kind="good">{t.emailMailed(change.variables.email)}</Notice>}
    </Card>
  )
}
