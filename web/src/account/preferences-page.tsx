import { useQuery } from '@tanstack/react-query'
import { useTexts } from '../i18n/language.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Stack } from '../ui/layout.tsx'
import { AccountFrame } from './account-frame.tsx'
import { preferencesQuery, settingsQuery } from './account-queries.ts'
import { accountTexts } from './account-texts.ts'
import { Devices } from './devices.tsx'
import { DisplaySettings } from './display-settings.tsx'
import { NotificationChoices } from './notification-choices.tsx'

const Display = () => {
  const settings = useQuery(settingsQuery)
  const preferences = useQuery(preferencesQuery)
  return (
    <Loaded query={settings}>
      {(set) => (
        <Loaded query={preferences}>
          {({ locale }) => <DisplaySettings settings={set} locale={locale} />}
        </Loaded>
      )}
    </Loaded>
  )
}

/** Language, theme and time zone; which notifications arrive, when and where. */
const PreferencesPage = () => {
  const t = useTexts(accountTexts)
  const preferences = useQuery(preferencesQuery)
  return (
    <AccountFrame title={t.preferences}>
      {({ roles }) => (
        <Stack>
          <Display />
          <Loaded query={preferences} skeletons={3}>
            {(now) => <NotificationChoices preferences={now} roles={roles} />}
          </Loaded>
          <Devices />
        </Stack>
      )}
    </AccountFrame>
  )
}

export default PreferencesPage
