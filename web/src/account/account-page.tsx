import { api, run, type BodyOf } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import type { User } from '../app/session.tsx'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Form, TextArea, TextField } from '../ui/form.tsx'
import { Card, Stack } from '../ui/layout.tsx'
import { AccountFrame } from './account-frame.tsx'
import { accountTexts } from './account-texts.ts'
import { ProfilePicture } from './profile-picture.tsx'
import { profileTexts } from './profile-texts.ts'
import { UnverifiedBanner } from './unverified-banner.tsx'

const ProfileForm = ({ user }: { readonly user: User }) => {
  const t = useTexts(profileTexts)
  const { save, saved } = useTexts(common)
  const toast = useToast()
  const change = useCommand({
    send: (body: BodyOf<'/api/v1/users/{id}', 'patch'>, once) =>
      run(
        api.PATCH('/api/v1/users/{id}', { ...once, params: { path: { id: user.userId } }, body }),
      ),
    onDone: () => toast(saved),
  })
  return (
    <Card title={t.aboutYou}>
      <Form
        error={change.error}
        busy={change.isPending}
        submitLabel={save}
        onSubmit={(values) => {
          const username = values.text('username')
          change.mutate({
            name: values.given('name') ?? null,
            bio: values.given('bio') ?? null,
            ...(username !== user.username && { username }),
          })
        }}
      >
        <TextField
          name="name"
          label={t.name}
          required={false}
          maxLength={255}
          autoComplete="name"
          defaultValue={user.name ?? ''}
        />
        <TextField
          name="username"
          label={t.username}
          hint={t.usernameHint}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={user.username}
        />
        <TextArea
          name="bio"
          label={t.bio}
          hint={t.bioHint}
          required={false}
          maxLength={2_000}
          defaultValue={user.bio ?? ''}
        />
      </Form>
    </Card>
  )
}

/** The signed-in user's profile, to be changed. */
const AccountPage = () => {
  const t = useTexts(accountTexts)
  return (
    <AccountFrame title={t.profile}>
      {(user) => (
        <Stack>
          <UnverifiedBanner user={user} />
          <ProfilePicture user={user} />
          <ProfileForm user={user} />
        </Stack>
      )}
    </AccountFrame>
  )
}

export default AccountPage
