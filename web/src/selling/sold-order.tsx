import { Link } from '@tanstack/react-router'
import { useDuration } from '../gigs/duration.ts'
import { isInWork, type Order } from '../gigs/order-rights.ts'
import { roomTexts } from '../gigs/order-room-texts.ts'
import { OrderStatus } from '../gigs/order-status.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Card, Muted, Row } from '../ui/layout.tsx'
import { Badge } from '../ui/notice.tsx'
import { Moment, useNow } from '../ui/time.tsx'

const Due = ({ dueAt }: { readonly dueAt: string }) => {
  const t = useTexts(roomTexts)
  const duration = useDuration()
  const seconds = (Date.parse(dueAt) - useNow()) / 1_000
  const text = duration(Math.abs(seconds))
  return (
    <Badge kind={seconds < 0 ? 'bad' : 'neutral'}>
      {seconds < 0 ? t.late(text) : t.timeLeft(text)}
    </Badge>
  )
}

/** An order of the seller's gig in a list, with the time until its delivery is due. */
export const SoldOrder = ({ order }: { readonly order: Order }) => {
  const { money } = useFormats()
  const { id, items, total, work, createdAt } = order
  const item = items[0]
  return (
    <li>
      <Card>
        <Row between>
          <Link to="/orders/$id" params={{ id }}>
            <strong>{item?.name}</strong>
          </Link>
          <Row>
            {isInWork(order) && work?.dueAt !== undefined && <Due dueAt={work.dueAt} />}
            <OrderStatus order={order} />
          </Row>
        </Row>
        <Row between>
          <span>
            {item?.package}, {money(total)}
          </span>
          <Muted>
            <Moment at={createdAt} />
          </Muted>
        </Row>
      </Card>
    </li>
  )
}
