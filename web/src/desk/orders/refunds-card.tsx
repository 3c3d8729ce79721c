import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Card, Stack, Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import type { Order } from './order-queries.ts'
import { RefundPieces } from './refund-pieces.tsx'
import { refundTexts } from './refund-texts.ts'
import { ReturnActions } from './return-actions.tsx'

type Portion = { readonly line: number; readonly quantity: number }

/** Returns what a refund or a return is about: `2 × Lamp`. */
const usePieces = ({ items }: Order): ((lines: readonly Portion[]) => string) => {
  const { number } = useFormats()
  return (lines) =>
    lines
      .map(({ line, quantity }) => `${number(quantity)} × ${items[line]?.name ?? line}`)
      .join(', ')
}

/** Refunds of an order, and the refund of further pieces. */
export const RefundsCard = ({ order }: { readonly order: Order }) => {
  const t = useTexts(refundTexts)
  const { money, number } = useFormats()
  const pieces = usePieces(order)
  const { refunds = [] } = order
  return (
    <Card title={t.refunds}>
      <Stack>
        {refunds.length > 0 && (
          <Table
            caption={t.refunds}
            rows={refunds}
            keyOf={({ id }) => id}
            columns={[
              { head: t.what, cell: ({ lines }) => pieces(lines) },
              {
                head: t.status,
                cell: ({ status }) => (
                  <Badge kind={status === 'FAILED' ? 'bad' : 'neutral'}>
                    {t.refundStatus(status)}
                  </Badge>
                ),
              },
              { head: t.amount, cell: ({ amount }) => money(amount), isNumber: true },
              { head: t.reason, cell: ({ reason }) => reason },
              { head: t.restocked, cell: ({ restocked }) => number(restocked), isNumber: true },
              { head: t.at, cell: ({ at }) => <Ago at={at} /> },
            ]}
          />
        )}
        <RefundPieces order={order} />
      </Stack>
    </Card>
  )
}

/** Returns of an order with what the shop can decide about each; nothing without one. */
export const ReturnsCard = ({ order }: { readonly order: Order }) => {
  const t = useTexts(refundTexts)
  const pieces = usePieces(order)
  const { returns = [] } = order
  if (returns.length === 0) return null
  return (
    <Card title={t.returns}>
      <Table
        caption={t.returns}
        rows={returns}
        keyOf={({ id }) => id}
        columns={[
          { head: t.what, cell: ({ lines }) => pieces(lines) },
          { head: t.status, cell: ({ status }) => <Badge>{t.returnStatus(status)}</Badge> },
          { head: t.reason, cell: ({ reason, answer }) => answer ?? reason },
          { head: t.at, cell: ({ at }) => <Ago at={at} /> },
          {
            head: t.actions,
            cell: ({ id, status }) => (
              <ReturnActions orderId={order.id} returnId={id} status={status} />
            ),
          },
        ]}
      />
    </Card>
  )
}
