import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, run, type BodyOf } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import type { Role } from '../app/session.tsx'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { useToast } from '../ui/feedback.tsx'
import { FieldGroup } from '../ui/field-group.tsx'
import { Checkbox, Form, TextField } from '../ui/form.tsx'
import { Card, Row, Stack, Table } from '../ui/layout.tsx'
import { preferencesQuery, type Preferences } from './account-queries.ts'
import { kindTexts } from './kind-texts.ts'
import { changedKinds, channels, kindsFor, uses, type Channel } from './notification-kinds.ts'
import { preferencesTexts } from './preferences-texts.ts'

/** Which notifications arrive by which channel, when they wait, and what the user agrees to. */
export const NotificationChoices = ({
  preferences,
  roles,
}: {
  readonly preferences: Preferences
  readonly roles: readonly Role[]
}) => {
  const t = useTexts(preferencesTexts)
  const kindNames = useTexts(kindTexts)
  const { save, saved } = useTexts(common)
  const toast = useToast()
  const queries = useQueryClient()
  const [hasQuietHours, setHasQuietHours] = useState(preferences.quietHours !== undefined)
  const change = useCommand({
    send: (body: BodyOf<'/api/v1/users/me/preferences', 'put'>, once) =>
      run(api.PUT('/api/v1/users/me/preferences', { ...once, body })),
    onDone: (now) => {
      queries.setQueryData(preferencesQuery.queryKey, now)
      toast(saved)
    },
  })
  const kinds = kindsFor(roles)
  const channelNames: Readonly<Record<Channel, string>> = {
    inApp: t.inApp,
    email: t.email,
    push: t.push,
    sms: t.sms,
  }
  return (
    <Card title={t.notifications}>
      <Form
        error={change.error}
        busy={change.isPending}
        submitLabel={save}
        onSubmit={({ ticked, text }) =>
          change.mutate({
            channels: Object.fromEntries(channels.map((one) => [one, ticked(`channels.${one}`)])),
            kinds: changedKinds(preferences, kinds, (kind, one) => ticked(`${kind}.${one}`)),
            quietHours: ticked('quiet') ? { from: text('quietFrom'), to: text('quietTo') } : null,
            marketing: ticked('marketing'),
            analytics: ticked('analytics'),
          })
        }
      >
        <FieldGroup label={t.channels}>
          {channels.map((one) => (
            <Checkbox
              key={one}
              name={`channels.${one}`}
              label={channelNames[one]}
              defaultChecked={preferences.channels[one]}
            />
          ))}
        </FieldGroup>
        <Table
          caption={t.kinds}
          rows={kinds}
          keyOf={(kind) => kind}
          columns={[
            { head: t.kind, cell: (kind) => kindNames[kind] },
            ...channels.map((one) => ({
              head: channelNames[one],
              cell: (kind: (typeof kinds)[number]) => (
                <input
                  type="checkbox"
                  name={`${kind}.${one}`}
                  aria-label={`${kindNames[kind]}: ${channelNames[one]}`}
                  defaultChecked={uses(preferences, kind, one)}
                />
              ),
            })),
          ]}
        />
        <Stack tight>
          <Checkbox
            name="quiet"
            label={t.quietHours}
            hint={t.quietHoursHint}
            checked={hasQuietHours}
            onChange={({ target }) => setHasQuietHours(target.checked)}
          />
          {hasQuietHours && (
            <Row>
              <TextField
                name="quietFrom"
                field="quietHours.from"
                type="time"
                label={t.quietFrom}
                defaultValue={preferences.quietHours?.from ?? '22:00'}
              />
              <TextField
                name="quietTo"
                field="quietHours.to"
                type="time"
                label={t.quietTo}
                defaultValue={preferences.quietHours?.to ?? '07:00'}
              />
            </Row>
          )}
        </Stack>
        <Checkbox
          name="marketing"
          label={t.marketing}
          hint={t.marketingHint}
          defaultChecked={preferences.marketing}
        />
        <Checkbox
          name="analytics"
          label={t.analytics}
          hint={t.analyticsHint}
          defaultChecked={preferences.analytics !== false}
        />
      </Form>
    </Card>
  )
}
