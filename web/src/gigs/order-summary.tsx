import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Card, Terms } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { Moment } from '../ui/time.tsx'
import { sellerQuery } from './gig-queries.ts'
import type { Order, Side } from './order-rights.ts'
import { roomTexts } from './order-room-texts.ts'
import { useSellerName } from './seller-name.ts'

/** A party of an order; without a name if the profile cannot be read. */
const Party = ({ id, isYou }: { readonly id: string; readonly isYou: boolean }) => {
  const t = useTexts(roomTexts)
  const nameOf = useSellerName()
  const { data } = useQuery(sellerQuery(id))
  if (isYou) return t.you
  return (
    <Link to="/people/$id" params={{ id }}>
      {data ? nameOf({ ...data, ...data.seller }) : '…'}
    </Link>
  )
}

const Contact = ({
  orderId,
  participantId,
  label,
}: {
  readonly orderId: string
  readonly participantId: string
  readonly label: string
}) => {
  const navigate = useNavigate()
  const problemText = useProblemText()
  const start = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/chat/conversations', { body: { participantId, orderId }, ...once })),
    onDone: ({ id }) => navigate({ to: '/chat/$id', params: { id } }),
  })
  return (
    <>
      <Button busy={start.isPending} onClick={() => start.mutate()}>
        {label}
      </Button>
      {start.error && <Notice kind="bad">{problemText(start.error)}</Notice>}
    </>
  )
}

/** What was ordered, by whom and for how much, and the way to the other side. */
export const OrderSummary = ({
  order,
  side,
}: {
  readonly order: Order
  readonly side: Side | undefined
}) => {
  const t = useTexts(roomTexts)
  const { money, number } = useFormats()
  const { id, userId, sellerId, items, total, work, createdAt } = order
  const item = items[0]
  const other = side === 'buyer' ? sellerId : userId
  return (
    <Card title={t.summary}>
      <Terms
        of={[
          [
            t.gig,
            item && (
              <Link key="gig" to="/gigs/$id" params={{ id: item.refId }}>
                {item.name}
              </Link>
            ),
          ],
          [t.package, item?.package],
          [t.price, money(total)],
          [t.revisionsLeft, work && number(work.revisionsLeft)],
          [t.ordered, <Moment key="at" at={createdAt} />],
          [t.buyer, <Party key="buyer" id={userId} isYou={side === 'buyer'} />],
          [t.seller, sellerId && <Party key="seller" id={sellerId} isYou={side === 'seller'} />],
        ]}
      />
      {side !== undefined && other !== undefined && (
        <Contact
          orderId={id}
          participantId={other}
          label={side === 'buyer' ? t.contactSeller : t.contactBuyer}
        />
      )}
    </Card>
  )
}
