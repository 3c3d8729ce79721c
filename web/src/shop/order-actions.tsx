import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { useToast } from '../ui/feedback.tsx'
import { orderKey, type Order, type OrderHistory } from './order-queries.ts'
import { ReturnButton } from './order-returns.tsx'
import { isCancellable, isRepeatable } from './order-stages.ts'
import { orderTexts } from './order-texts.ts'
import { useBasket } from './use-basket.ts'

const Cancel = ({ id, isPossible }: { readonly id: string; readonly isPossible: boolean }) => {
  const t = useTexts(orderTexts)
  const toast = useToast()
  const [isOpen, setOpen] = useState(false)
  const close = (): void => setOpen(false)
  const cancel = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/orders/{id}/cancel', { ...once, params: { path: { id } }, body: {} })),
    changes: [orderKey(id), ['orders', 'list'], ['products']],
    onDone: () => {
      close()
      toast(t.cancelled)
    },
  })
  return (
    <>
      {isPossible && <Button onClick={() => setOpen(true)}>{t.cancel}</Button>}
      <Confirm
        title={t.cancelTitle}
        isOpen={isOpen}
        onClose={() => {
          cancel.reset()
          close()
        }}
        onConfirm={() => cancel.mutate()}
        confirmLabel={t.cancel}
        busy={cancel.isPending}
        error={cancel.error}
      >
        <p>{t.cancelText}</p>
      </Confirm>
    </>
  )
}

const Again = ({ items }: Pick<Order, 'items'>) => {
  const t = useTexts(orderTexts)
  const basket = useBasket()
  const navigate = useNavigate()
  const toast = useToast()
  return (
    <Button
      look="primary"
      onClick={() => {
        for (const { refId, quantity } of items) basket.set(refId, quantity)
        toast(t.inBasket)
        void navigate({ to: '/basket' })
      }}
    >
      {t.again}
    </Button>
  )
}

/** What the buyer can do about an order as it is now. */
export const OrderActions = ({
  order,
  history,
}: {
  readonly order: Order
  readonly history: OrderHistory
}) => (
  <>
    <Cancel id={order.id} isPossible={isCancellable(order.status)} />
    {isRepeatable(order.status) && <Again items={order.items} />}
    <ReturnButton
      order={order}
      hasShipped={
        !['REFUNDED', 'RETURNED'].includes(order.status) &&
        history.events.some(({ type }) => type === 'OrderShipped' || type === 'OrderDelivered')
      }
    />
  </>
)
