import { useQueryClient } from '@tanstack/react-query'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { themes, type Theme } from '../app/theme.ts'
import { common } from '../i18n/common.ts'
import { languages, useLanguage, useTexts, type Language } from '../i18n/language.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Form, Select } from '../ui/form.tsx'
import { Card } from '../ui/layout.tsx'
import { preferencesQuery, settingsQuery, type UserSettings } from './account-queries.ts'
import { preferencesTexts } from './preferences-texts.ts'

/** Names of the time zones; the chosen one is among them, also if the browser does not know it. */
const zonesWith = (chosen: string): readonly string[] =>
  [...new Set([chosen, 'UTC', ...Intl.supportedValuesOf('timeZone')])].toSorted()

const languageNames = { en: 'English', de: 'Deutsch' } as const satisfies Record<Language, string>

/** Language, theme and time zone, which are applied as they are saved. */
export const DisplaySettings = ({
  settings,
  locale,
}: {
  readonly settings: UserSettings
  readonly locale: string
}) => {
  const t = useTexts(preferencesTexts)
  const { save, saved } = useTexts(common)
  const { choose } = useLanguage()
  const toast = useToast()
  const queries = useQueryClient()
  const change = useCommand({
    send: async (
      {
        language,
        theme,
        timeZone,
      }: { readonly language: Language; readonly theme: Theme; readonly timeZone: string },
      { headers: { 'idempotency-key': key } },
    ) => {
      const now = await run(
        api.PUT('/api/v1/users/me/settings', {
          headers: { 'idempotency-key': key },
          body: { theme, timeZone },
        }),
      )
      // The theme is shown by `useTheme`, which reads it from here.
      queries.setQueryData(settingsQuery.queryKey, now)
      const preferences = await run(
        api.PUT('/api/v1/users/me/preferences', { body: { locale: language } }),
      )
      queries.setQueryData(preferencesQuery.queryKey, preferences)
    },
    onDone: (_, { language }) => {
      choose(language)
      toast(saved)
    },
  })
  const themeNames = { system: t.system, light: t.light, dark: t.dark }
  return (
    <Card title={t.display}>
      <Form
        error={change.error}
        busy={change.isPending}
        submitLabel={save}
        onSubmit={(values) => {
          const language = languages.find((one) => one === values.text('language'))
          const theme = themes.find((one) => one === values.text('theme'))
          if (language && theme)
            change.mutate({ language, theme, timeZone: values.text('timeZone') })
        }}
      >
        <Select
          name="language"
          field="locale"
          label={t.language}
          hint={t.languageHint}
          defaultValue={languages.find((one) => locale.toLowerCase().startsWith(one)) ?? 'en'}
          options={languages.map((one) => [one, languageNames[one]])}
        />
        <Select
          name="theme"
          label={t.theme}
          defaultValue={settings.theme}
          options={themes.map((one) => [one, themeNames[one]])}
        />
        <Select
          name="timeZone"
          label={t.timeZone}
          hint={t.timeZoneHint}
          defaultValue={settings.timeZone}
          options={zonesWith(settings.timeZone).map((one) => [one, one.replaceAll('_', ' ')])}
        />
      </Form>
    </Card>
  )
}
