import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Form, TextArea, TextField } from '../ui/form.tsx'
import { Card, List, Stack, Terms } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Moment } from '../ui/time.tsx'
import { orderKey, type Order } from './order-queries.ts'
import { returnableOf } from './order-stages.ts'
import { orderTexts } from './order-texts.ts'

type Wanted = {
  readonly items: { readonly line: number; readonly quantity: number }[]
  readonly reason?: string
}

const AskReturn = ({
  order,
  left,
  onDone,
}: {
  readonly order: Order
  readonly left: readonly number[]
  readonly onDone: () => void
}) => {
  const t = useTexts(orderTexts)
  const { number } = useFormats()
  const toast = useToast()
  const [isEmpty, setEmpty] = useState(false)
  const send = useCommand({
    send: (body: Wanted, once) =>
      run(
        api.POST('/api/v1/orders/{id}/returns', {
          ...once,
          params: { path: { id: order.id } },
          body,
        }),
      ),
    changes: [orderKey(order.id), ['orders', 'list']],
    onDone: () => {
      toast(t.returnSent)
      onDone()
    },
  })
  return (
    <Form
      submitLabel={t.sendReturn}
      busy={send.isPending}
      error={send.error}
      onSubmit={(values) => {
        const items = order.items.flatMap((_, line) => {
          const quantity = values.number(`line-${line}`) ?? 0
          return quantity > 0 ? [{ line, quantity }] : []
        })
        setEmpty(items.length === 0)
        const reason = values.given('reason')
        if (items.length > 0) send.mutate({ items, ...(reason !== undefined && { reason }) })
      }}
    >
      {order.items.map(({ name }, line) => {
        const most = left[line] ?? 0
        return most > 0 ? (
          <TextField
            key={line}
            name={`line-${line}`}
            label={t.returnQuantity(name, number(most))}
            type="number"
            min={0}
            max={most}
            defaultValue={most}
          />
        ) : null
      })}
      <TextArea name="reason" label={t.returnReason} required={false} maxLength={200} />
      {isEmpty && <Notice kind="warn">{t.returnNothing}</Notice>}
    </Form>
  )
}

/** Asks for the return of products, if some can be returned. */
export const ReturnButton = ({
  order,
  hasShipped,
}: {
  readonly order: Order
  readonly hasShipped: boolean
}) => {
  const t = useTexts(orderTexts)
  const [isOpen, setOpen] = useState(false)
  const left = returnableOf(order, hasShipped)
  if (left.every((pieces) => pieces <= 0)) return null
  const close = (): void => setOpen(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t.askReturn}</Button>
      <Dialog title={t.returnTitle} isOpen={isOpen} onClose={close}>
        <AskReturn order={order} left={left} onDone={close} />
      </Dialog>
    </>
  )
}

/** The returns of an order; nothing without one. */
export const ReturnsCard = ({ order: { items, returns = [] } }: { readonly order: Order }) => {
  const t = useTexts(orderTexts)
  const { number } = useFormats()
  return returns.length === 0 ? null : (
    <Card title={t.returns}>
      <List label={t.returns}>
        {returns.map(({ id, status, lines, reason, answer, at }) => (
          <li key={id}>
            <Stack tight>
              <span>
                {lines
                  .map(({ line, quantity }) => `${number(quantity)} × ${items[line]?.name ?? ''}`)
                  .join(', ')}
              </span>
              <Terms
                of={[
                  [t.status, t.returnStatus(status)],
                  [t.placedAt, <Moment key="at" at={at} />],
                  [t.reason, answer ?? reason],
                ]}
              />
            </Stack>
          </li>
        ))}
      </List>
    </Card>
  )
}
