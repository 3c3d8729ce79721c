import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Loaded, useToast } from '../../ui/feedback.tsx'
import { Form, Select, TextArea, TextField, type Values } from '../../ui/form.tsx'
import { Card, Muted, Terms } from '../../ui/layout.tsx'
import { roles } from './people-filter.ts'
import { recipientsQuery, type NewPromotion } from './promotion-queries.ts'
import { promotionTexts } from './promotion-texts.ts'
import { peopleTexts } from './texts.ts'

const channels = ['email', 'in_app', 'push', 'sms'] as const

const promotionOf = (values: Values): NewPromotion => {
  const role = roles.find((one) => one === values.text('role'))
  const since = values.given('activeSince')
  const country = values.given('country')
  const subject = values.given('subject')
  return {
    segment: {
      ...(role !== undefined && { role }),
      // A day begins in the time zone of the admin.
      ...(since !== undefined && { activeSince: new Date(`${since}T00:00`).toISOString() }),
      ...(country !== undefined && { country: country.toUpperCase() }),
    },
    channel: channels.find((one) => one === values.text('channel')) ?? 'email',
    ...(subject !== undefined && { subject }),
    text: values.text('text'),
  }
}

const Recipients = ({ segment }: { readonly segment: NewPromotion['segment'] }) => {
  const t = useTexts(promotionTexts)
  const { number } = useFormats()
  return (
    <Loaded query={useQuery(recipientsQuery(segment))}>
      {({ recipients }) => (
        <p>
          <strong>{t.recipients(number(recipients))}</strong>
        </p>
      )}
    </Loaded>
  )
}

/** Writes a promotion, and sends it after a preview of its recipients. */
export const PromotionForm = () => {
  const t = useTexts(promotionTexts)
  const { roleName } = useTexts(peopleTexts)
  const toast = useToast()
  const [draft, setDraft] = useState<NewPromotion>()
  const [sent, setSent] = useState(0)
  const publish = useCommand({
    send: (body: NewPromotion, once) =>
      run(api.POST('/api/v1/notifications/promotions', { body, ...once })),
    onDone: () => {
      setDraft(undefined)
      setSent((count) => count + 1)
      toast(t.sent)
    },
  })
  return (
    <Card title={t.write}>
      <Muted>{t.consent}</Muted>
      <Form
        key={sent}
        label={t.write}
        busy={false}
        error={publish.error}
        submitLabel={t.next}
        onSubmit={(values) => {
          publish.reset()
          setDraft(promotionOf(values))
        }}
      >
        <Select
          name="role"
          field="segment.role"
          label={t.role}
          required={false}
          options={[
            ['', t.everybody],
            ...roles.map((one): [string, string] => [one, roleName(one)]),
          ]}
        />
        <TextField
          name="activeSince"
          field="segment.activeSince"
          label={t.activeSince}
          type="date"
          required={false}
        />
        <TextField
          name="country"
          field="segment.country"
          label={t.country}
          hint={t.countryHint}
          maxLength={2}
          required={false}
        />
        <Select
          name="channel"
          label={t.channel}
          options={channels.map((one): [string, string] => [one, t.channelName(one)])}
        />
        <TextField name="subject" label={t.subject} required={false} maxLength={255} />
        <TextArea name="text" label={t.text} maxLength={10_000} />
      </Form>
      <Confirm
        title={t.preview}
        isOpen={draft !== undefined && !publish.error}
        onClose={() => setDraft(undefined)}
        onConfirm={() => draft && publish.mutate(draft)}
        confirmLabel={t.send}
        look="primary"
        busy={publish.isPending}
      >
        {draft && (
          <>
            <Recipients segment={draft.segment} />
            <Terms
              of={[
                [t.channel, t.channelName(draft.channel)],
                [t.subject, draft.subject],
                [t.text, draft.text],
              ]}
            />
          </>
        )}
      </Confirm>
    </Card>
  )
}
