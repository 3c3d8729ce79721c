import { useState } from 'react'
import { api, run, type BodyOf } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useToast } from '../../ui/feedback.tsx'
import { Checkbox, Form, TextField, type Values } from '../../ui/form.tsx'
import { Muted } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Order } from './order-queries.ts'
import { refundTexts } from './refund-texts.ts'

type Body = BodyOf<'/api/v1/orders/{id}/refund', 'post'>

/** Statuses of orders that are not paid, or of which nothing is left to refund. */
const unrefundable: ReadonlySet<string> = new Set([
  'PENDING',
  'STOCK_RESERVED',
  'CANCELLED',
  'REJECTED',
  'REFUNDED',
])

/** Returns the pieces of each line that can be refunded: none of gigs, whose payments are refunded as a whole. */
const refundableOf = ({ items, status }: Pick<Order, 'items' | 'status'>): number[] =>
  items.map(({ kind, quantity, refunded = 0 }) =>
    kind === 'product' && !unrefundable.has(status) ? quantity - refunded : 0,
  )

/** Returns the chosen pieces; all that are left together are the whole rest of the order. */
const bodyOf = (values: Values, left: readonly number[]): Body | undefined => {
  const items = left.flatMap((_, line) => {
    const quantity = values.number(`line-${line}`) ?? 0
    return quantity > 0 ? [{ line, quantity }] : []
  })
  if (items.length === 0) return undefined
  const reason = values.given('reason')
  const isAll = left.every((most, line) => most === (values.number(`line-${line}`) ?? 0))
  return {
    ...(!isAll && { items }),
    ...(reason !== undefined && { reason }),
    restock: values.ticked('restock'),
  }
}

/** Refunds chosen pieces of an order of products. */
export const RefundPieces = ({ order }: { readonly order: Order }) => {
  const t = useTexts(refundTexts)
  const { number } = useFormats()
  const toast = useToast()
  const [isOpen, setIsOpen] = useState(false)
  const [isEmpty, setIsEmpty] = useState(false)
  const refund = useCommand({
    send: (body: Body, once) =>
      run(
        api.POST('/api/v1/orders/{id}/refund', {
          params: { path: { id: order.id } },
          body,
          ...once,
        }),
      ),
    onDone: () => {
      setIsOpen(false)
      toast(t.requested)
    },
  })
  const left = refundableOf(order)
  if (left.every((pieces) => pieces <= 0)) return null
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{t.refund}</Button>
      <Dialog title={t.refundTitle} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <Muted>{t.refundHint}</Muted>
        <Form
          label={t.refundTitle}
          busy={refund.isPending}
          error={refund.error}
          submitLabel={t.refundNow}
          onSubmit={(values) => {
            const body = bodyOf(values, left)
            setIsEmpty(body === undefined)
            if (body) refund.mutate(body)
          }}
        >
          {order.items.map(({ name }, line) => {
            const most = left[line] ?? 0
            return most > 0 ? (
              <TextField
                key={line}
                name={`line-${line}`}
                label={t.pieces(name, number(most))}
                type="number"
                min={0}
                max={most}
                defaultValue={0}
              />
            ) : null
          })}
          {isEmpty && <Notice kind="warn">{t.noPieces}</Notice>}
          <TextField name="reason" label={t.reason} required={false} maxLength={200} />
          <Checkbox name="restock" label={t.restock} />
        </Form>
      </Dialog>
    </>
  )
}
