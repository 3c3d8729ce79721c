import { useRef } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { devicesQuery } from './account-queries.ts'
import { deviceTexts } from './device-texts.ts'

/** Registers a telephone, which gets a code. A number that waits for its code gets another one. */
export const AddPhone = () => {
  const t = useTexts(deviceTexts)
  const toast = useToast()
  const form = useRef<HTMLFormElement>(undefined)
  const register = useCommand({
    send: (number: string, once) =>
      run(api.POST('/api/v1/notifications/devices', { ...once, body: { kind: 'phone', number } })),
    changes: [devicesQuery.queryKey],
    onDone: ({ status }, number) => {
      form.current?.reset()
      if (status === 'UNCONFIRMED') toast(t.codeSent(number))
    },
  })
  return (
    <Form
      label={t.addPhone}
      error={register.error}
      busy={register.isPending}
      submitLabel={t.sendCode}
      onSubmit={(values, element) => {
        form.current = element
        register.mutate(values.text('number').replaceAll(/[\s()/-]/g, ''))
      }}
    >
      <TextField
        name="number"
        type="tel"
        label={t.addPhone}
        hint={t.numberHint}
        autoComplete="tel"
      />
    </Form>
  )
}

/** Confirms a telephone by the code that it got. */
export const ConfirmPhone = ({ id }: { readonly id: string }) => {
  const t = useTexts(deviceTexts)
  const toast = useToast()
  const confirm = useCommand({
    send: (code: string, once) =>
      run(
        api.POST('/api/v1/notifications/devices/{id}/confirm', {
          ...once,
          params: { path: { id } },
          body: { code },
        }),
      ),
    changes: [devicesQuery.queryKey],
    onDone: () => toast(t.phoneConfirmed),
  })
  return (
    <Form
      label={t.confirm}
      error={confirm.error}
      busy={confirm.isPending}
      submitLabel={t.confirm}
      onSubmit={(values) => confirm.mutate(values.text('code'))}
    >
      <TextField
        name="code"
        label={t.code}
        hint={t.codeHint}
        inputMode="numeric"
        pattern="[0-9]{6}"
        maxLength={6}
        autoComplete="one-time-code"
      />
    </Form>
  )
}
