import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm, Dialog } from '../ui/dialog.tsx'
import { Form, TextArea } from '../ui/form.tsx'
import { Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import css from './gigs.module.css'
import type { Cancelling, Order, Side } from './order-rights.ts'
import { roomTexts } from './order-room-texts.ts'

const useCancel = (id: string, onDone: () => void) =>
  useCommand({
    send: (reason: string | undefined, once) =>
      run(
        api.POST('/api/v1/orders/{id}/cancel', {
          params: { path: { id } },
          body: reason === undefined ? {} : { reason },
          ...once,
        }),
      ),
    onDone,
  })

/** Agrees to a proposal, or leaves the order as it is. */
const Agree = ({ id }: { readonly id: string }) => {
  const t = useTexts(roomTexts)
  const [isOpen, setIsOpen] = useState(false)
  const cancel = useCancel(id, () => setIsOpen(false))
  return (
    <Row>
      <Button look="danger" onClick={() => setIsOpen(true)}>
        {t.agree}
      </Button>
      <Confirm
        title={t.agreeTitle}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={() => cancel.mutate(undefined)}
        confirmLabel={t.agree}
        busy={cancel.isPending}
        error={cancel.error}
      >
        <p>{t.cancelBody}</p>
      </Confirm>
    </Row>
  )
}

/** Cancels at once, or proposes it, with a reason that the other side reads. */
const WithReason = ({
  id,
  cancelling,
}: {
  readonly id: string
  readonly cancelling: 'now' | 'propose'
}) => {
  const t = useTexts(roomTexts)
  const { cancel: back } = useTexts(common)
  const [isOpen, setIsOpen] = useState(false)
  const cancel = useCancel(id, () => setIsOpen(false))
  const label = cancelling === 'now' ? t.cancel : t.proposeCancel
  return (
    <Row>
      <Button look="danger" small onClick={() => setIsOpen(true)}>
        {label}
      </Button>
      <Dialog title={label} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <p>{cancelling === 'now' ? t.cancelBody : t.proposeBody}</p>
        <Form
          label={label}
          submitLabel={label}
          busy={cancel.isPending}
          error={cancel.error}
          onSubmit={(values) => cancel.mutate(values.given('reason'))}
          actions={<Button onClick={() => setIsOpen(false)}>{back}</Button>}
        >
          <TextArea name="reason" label={t.reason} required={false} maxLength={500} />
        </Form>
      </Dialog>
    </Row>
  )
}

/** A proposal to cancel an open order, and what a side may do about it. */
export const CancelOrder = ({
  order: { id, status, work },
  side,
  cancelling,
}: {
  readonly order: Order
  readonly side: Side | undefined
  readonly cancelling: Cancelling | undefined
}) => {
  const t = useTexts(roomTexts)
  const { proposedBy, words } = (status !== 'CANCELLED' && work?.cancellation) || {}
  const proposal =
    proposedBy === side
      ? t.proposedByYou
      : proposedBy === 'buyer'
        ? t.proposedByBuyer
        : t.proposedBySeller
  return (
    <>
      {proposedBy !== undefined && (
        <Notice kind="warn">
          <p>{proposal}</p>
          {words !== undefined && <p className={css.words}>{words}</p>}
        </Notice>
      )}
      {cancelling === 'agree' && <Agree id={id} />}
      {(cancelling === 'now' || cancelling === 'propose') && (
        <WithReason id={id} cancelling={cancelling} />
      )}
    </>
  )
}
