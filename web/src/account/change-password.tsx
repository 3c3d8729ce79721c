import { useRef } from 'react'
import { api, run, type BodyOf } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Form } from '../ui/form.tsx'
import { Card } from '../ui/layout.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { securityTexts } from './security-texts.ts'

/** Replaces the password, which ends all other sessions. */
export const ChangePassword = ({ user }: { readonly user: User }) => {
  const t = useTexts(securityTexts)
  const toast = useToast()
  const form = useRef<HTMLFormElement>(undefined)
  const change = useCommand({
    send: (body: BodyOf<'/api/v1/auth/password/change', 'post'>, once) =>
      run(api.POST('/api/v1/auth/password/change', { ...once, body })),
    onDone: () => {
      form.current?.reset()
      toast(t.passwordChanged)
    },
  })
  return (
    <Card title={t.changePassword}>
      <p>{t.endsOthers}</p>
      <Form
        error={change.error}
        busy={change.isPending}
        submitLabel={t.changePassword}
        onSubmit={(values, element) => {
          form.current = element
          change.mutate({
            currentPassword: values.raw('currentPassword'),
            newPassword: values.raw('newPassword'),
          })
        }}
      >
        {/* Password managers save the new password with it. */}
        <input type="hidden" autoComplete="username" value={user.email} readOnly />
        <PasswordField
          name="currentPassword"
          label={t.currentPassword}
          autoComplete="current-password"
        />
        <PasswordField
          name="newPassword"
          label={t.newPassword}
          hint={t.newPasswordHint}
          autoComplete="new-password"
          minLength={8}
        />
      </Form>
    </Card>
  )
}
