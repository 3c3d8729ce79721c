import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Loaded, useToast } from '../ui/feedback.tsx'
import { Form, Radios } from '../ui/form.tsx'
import { Card, Muted, Stack } from '../ui/layout.tsx'
import { AccountFrame } from './account-frame.tsx'
import { settingsQuery, type UserSettings } from './account-queries.ts'
import { accountTexts } from './account-texts.ts'
import { BlockedPeople } from './blocked-people.tsx'
import { privacyTexts } from './privacy-texts.ts'

const levels = ['public', 'followers', 'private'] as const

const Visibility = ({ settings }: { readonly settings: UserSettings }) => {
  const t = useTexts(privacyTexts)
  const { save, saved } = useTexts(common)
  const toast = useToast()
  const queries = useQueryClient()
  const change = useCommand({
    send: (privacy: UserSettings['privacy'], once) =>
      run(api.PUT('/api/v1/users/me/settings', { ...once, body: { privacy } })),
    onDone: (now) => {
      queries.setQueryData(settingsQuery.queryKey, now)
      toast(saved)
    },
  })
  const explained = {
    public: [t.public, t.publicHint],
    followers: [t.followers, t.followersHint],
    private: [t.private, t.privateHint],
  } as const
  return (
    <Card title={t.visibility}>
      <Form
        error={change.error}
        busy={change.isPending}
        submitLabel={save}
        onSubmit={(values) => {
          const privacy = levels.find((level) => level === values.text('privacy'))
          if (privacy) change.mutate(privacy)
        }}
      >
        <Radios
          name="privacy"
          label={t.whoSees}
          defaultValue={settings.privacy}
          options={levels.map((level) => [
            level,
            <span key={level}>
              {explained[level][0]}
              <br />
              <Muted>{explained[level][1]}</Muted>
            </span>,
          ])}
        />
      </Form>
    </Card>
  )
}

/** Who sees the user's profile, and the people whom the user blocks. */
const PrivacyPage = () => {
  const t = useTexts(accountTexts)
  return (
    <AccountFrame title={t.privacy}>
      {() => (
        <Stack>
          <Settings />
          <BlockedPeople />
        </Stack>
      )}
    </AccountFrame>
  )
}

const Settings = () => (
  <Loaded query={useQuery(settingsQuery)}>
    {(settings) => <Visibility settings={settings} />}
  </Loaded>
)

export default PrivacyPage
