import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useToast } from '../../ui/feedback.tsx'
import { Checkbox, Form, TextField } from '../../ui/form.tsx'
import { Row, Stack } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useProblemText } from '../../ui/problem-text.ts'
import type { Order } from './order-queries.ts'
import { refundTexts } from './refund-texts.ts'

type Status = NonNullable<Order['returns']>[number]['status']

/** Accepts or declines a return of goods, or records that they have arrived, which refunds them. */
export const ReturnActions = ({
  orderId,
  returnId,
  status,
}: {
  readonly orderId: string
  readonly returnId: string
  readonly status: Status
}) => {
  const t = useTexts(refundTexts)
  const toast = useToast()
  const problemText = useProblemText()
  const [open, setOpen] = useState<'decline' | 'receive'>()
  const close = (): void => setOpen(undefined)
  const params = { path: { id: orderId, returnId } }
  const onDone = (): void => {
    close()
    toast(t.decided)
  }
  const accept = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/orders/{id}/returns/{returnId}/accept', { params, ...once })),
    onDone,
  })
  const decline = useCommand({
    send: (reason: string | undefined, once) =>
      run(
        api.POST('/api/v1/orders/{id}/returns/{returnId}/decline', {
          params,
          body: reason === undefined ? {} : { reason },
          ...once,
        }),
      ),
    onDone,
  })
  const receive = useCommand({
    send: (restock: boolean, once) =>
      run(
        api.POST('/api/v1/orders/{id}/returns/{returnId}/receive', {
          params,
          body: { restock },
          ...once,
        }),
      ),
    onDone,
  })
  if (status === 'DECLINED' || status === 'RECEIVED') return null
  return (
    <Stack tight>
      {accept.error && <Notice kind="bad">{problemText(accept.error)}</Notice>}
      <Row>
        {status === 'REQUESTED' && (
          <Button small busy={accept.isPending} onClick={() => accept.mutate()}>
            {t.accept}
          </Button>
        )}
        <Button small onClick={() => setOpen('receive')}>
          {t.receive}
        </Button>
        <Button small onClick={() => setOpen('decline')}>
          {t.decline}
        </Button>
      </Row>
      <Dialog title={t.declineTitle} isOpen={open === 'decline'} onClose={close}>
        <Form
          label={t.declineTitle}
          busy={decline.isPending}
          error={decline.error}
          submitLabel={t.declineNow}
          onSubmit={(values) => decline.mutate(values.given('reason'))}
        >
          <TextField name="reason" label={t.reason} required={false} maxLength={200} />
        </Form>
      </Dialog>
      <Dialog title={t.receiveTitle} isOpen={open === 'receive'} onClose={close}>
        <p>{t.receiveText}</p>
        <Form
          label={t.receiveTitle}
          busy={receive.isPending}
          error={receive.error}
          submitLabel={t.receiveNow}
          onSubmit={(values) => receive.mutate(values.ticked('restock'))}
        >
          <Checkbox name="restock" label={t.restock} defaultChecked />
        </Form>
      </Dialog>
    </Stack>
  )
}
