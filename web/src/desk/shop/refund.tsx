import { useState } from 'react'
import { api, run, type BodyOf } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { minorUnits } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useToast } from '../../ui/feedback.tsx'
import { Checkbox, Form, TextField, type Values } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Payment } from './payment-queries.ts'
import { paymentTexts } from './payment-texts.ts'

type Body = BodyOf<'/api/v1/payments/{id}/refund', 'post'>

/** Returns what is to be refunded; undefined if the amount is none. */
const bodyOf = (values: Values, currency: string): Body | undefined => {
  const typed = values.given('amount')
  const amount = typed === undefined ? undefined : minorUnits(typed, currency)
  if (typed !== undefined && amount === undefined) return undefined
  const reason = values.given('reason')
  return {
    restock: values.ticked('restock'),
    ...(amount !== undefined && { amount: { amount, currency } }),
    ...(reason !== undefined && { reason }),
  }
}

/** Refunds a payment, as a whole or in part. */
export const Refund = ({ payment: { id, amount } }: { readonly payment: Payment }) => {
  const t = useTexts(paymentTexts)
  const toast = useToast()
  const [isOpen, setIsOpen] = useState(false)
  const [isWrong, setIsWrong] = useState(false)
  const refund = useCommand({
    send: (body: Body, once) =>
      run(api.POST('/api/v1/payments/{id}/refund', { params: { path: { id } }, body, ...once })),
    onDone: () => {
      setIsOpen(false)
      toast(t.requested)
    },
  })
  return (
    <>
      <Button small onClick={() => setIsOpen(true)}>
        {t.refund}
      </Button>
      <Dialog title={t.refundTitle} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <p>{t.refundText}</p>
        <Form
          label={t.refundTitle}
          busy={refund.isPending}
          error={refund.error}
          submitLabel={t.refundNow}
          onSubmit={(values) => {
            const body = bodyOf(values, amount.currency)
            setIsWrong(body === undefined)
            if (body) refund.mutate(body)
          }}
        >
          <TextField
            name="amount"
            field="amount.amount"
            label={`${t.part} (${amount.currency})`}
            inputMode="decimal"
            required={false}
          />
          {isWrong && <Notice kind="bad">{t.badAmount}</Notice>}
          <TextField name="reason" label={t.reason} required={false} maxLength={200} />
          <Checkbox name="restock" label={t.restock} />
        </Form>
      </Dialog>
    </>
  )
}
