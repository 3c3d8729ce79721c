import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, run } from '../api/client.ts'
import type { ApiProblem } from '../api/problem.ts'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm, Dialog } from '../ui/dialog.tsx'
import { Form } from '../ui/form.tsx'
import { Card, List, Muted, Row } from '../ui/layout.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { providersQuery, shownProvider } from './providers.tsx'
import { securityTexts } from './security-texts.ts'

/** Links an identity: the browser goes to the provider, and returns to the security page. */
const Link = ({ provider, user }: { readonly provider: string; readonly user: User }) => {
  const t = useTexts(securityTexts)
  const [isOpen, setOpen] = useState(false)
  const link = useCommand({
    send: (password: string | undefined, once) =>
      run(
        api.POST('/api/v1/auth/oauth/{provider}/link', {
          ...once,
          params: { path: { provider } },
          body: {
            returnTo: '/account/security',
            ...(password !== undefined && { password }),
          },
        }),
      ),
    changes: [],
    onDone: ({ url }) => location.assign(url),
  })
  const explain = ({ code }: ApiProblem): string | undefined =>
    code === 'sign_in_again' ? t.signInAgain : undefined
  return (
    <>
      <Button small onClick={() => setOpen(true)}>
        {t.link(shownProvider(provider))}
      </Button>
      <Dialog
        title={t.link(shownProvider(provider))}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      >
        <Form
          error={link.error}
          explain={explain}
          busy={link.isPending}
          submitLabel={t.goThere(shownProvider(provider))}
          onSubmit={(values) =>
            link.mutate(user.signIns.password ? values.raw('password') : undefined)
          }
        >
          <p>{t.linkHow(shownProvider(provider))}</p>
          {user.signIns.password && (
            <PasswordField name="password" label={t.yourPassword} autoComplete="current-password" />
          )}
        </Form>
      </Dialog>
    </>
  )
}

/** The identities at providers that sign in to this account. */
export const LinkedIdentities = ({ user }: { readonly user: User }) => {
  const t = useTexts(securityTexts)
  const { day } = useFormats()
  const { data } = useQuery(providersQuery)
  const [unlinking, setUnlinking] = useState<string>()
  const unlink = useCommand({
    send: (provider: string, once) =>
      run(api.DELETE('/api/v1/auth/oauth/{provider}', { ...once, params: { path: { provider } } })),
    onDone: () => setUnlinking(undefined),
  })
  const linked = user.signIns.providers
  const further = (data?.providers ?? []).filter(
    (name) => !linked.some(({ provider }) => provider === name),
  )
  if (linked.length === 0 && further.length === 0) return null
  return (
    <Card title={t.identities}>
      <List label={t.identities}>
        {linked.map(({ provider, addedAt }) => (
          <li key={provider}>
            <Row between>
              <span>
                {shownProvider(provider)} <Muted>{t.linkedSince(day(addedAt))}</Muted>
              </span>
              <Button
                small
                aria-label={t.unlinkOf(shownProvider(provider))}
                onClick={() => setUnlinking(provider)}
              >
                {t.unlink}
              </Button>
            </Row>
          </li>
        ))}
        {further.map((provider) => (
          <li key={provider}>
            <Row between>
              {shownProvider(provider)}
              <Link provider={provider} user={user} />
            </Row>
          </li>
        ))}
      </List>
      <Confirm
        title={t.unlinkAsk(shownProvider(unlinking ?? ''))}
        isOpen={unlinking !== undefined}
        onClose={() => setUnlinking(undefined)}
        onConfirm={() => unlinking !== undefined && unlink.mutate(unlinking)}
        confirmLabel={t.unlink}
        busy={unlink.isPending}
        error={unlink.error}
      >
        <p>{t.endsOthers}</p>
      </Confirm>
    </Card>
  )
}
