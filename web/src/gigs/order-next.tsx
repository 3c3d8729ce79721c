import { useTexts } from '../i18n/language.tsx'
import { Badge } from '../ui/notice.tsx'
import { Card, Row } from '../ui/layout.tsx'
import { Moment, useNow } from '../ui/time.tsx'
import { CancelOrder } from './cancel-order.tsx'
import { useCancelReason } from './cancel-reason.ts'
import { useDuration } from './duration.ts'
import css from './gigs.module.css'
import { OrderActions } from './order-actions.tsx'
import { isInWork, rightsOf, type Order, type Side } from './order-rights.ts'
import { roomTexts } from './order-room-texts.ts'
import { OrderStatus } from './order-status.tsx'

/** Returns what a side has to know of an order now, in a sentence. */
const useSituation = ({ status, work }: Order, side: Side | undefined): string => {
  const t = useTexts(roomTexts)
  switch (status) {
    case 'PENDING':
      return t.pending
    case 'IN_PROGRESS':
      return side === 'buyer' ? t.waitForSeller : side === 'seller' ? t.work : t.inWork
    case 'IN_REVISION':
      return side === 'buyer' ? t.waitForRevision : side === 'seller' ? t.revise : t.inWork
    case 'DELIVERED':
      if (work?.acceptedAt !== undefined) return t.accepted
      return side === 'buyer' ? t.answer : side === 'seller' ? t.waitForBuyer : t.delivered
    case 'CANCELLED':
      return t.cancelled
    case 'REFUNDED':
      return t.refunded
    case 'PARTLY_REFUNDED':
      return t.partlyRefunded
    default:
      return t.completed
  }
}

/** The time until the delivery is due, or since. @param props.dueAt ISO 8601 */
const Countdown = ({ dueAt, now }: { readonly dueAt: string; readonly now: number }) => {
  const t = useTexts(roomTexts)
  const duration = useDuration()
  const seconds = (Date.parse(dueAt) - now) / 1_000
  const text = duration(Math.abs(seconds))
  return (
    <Row>
      <span role="timer">
        <Badge kind={seconds < 0 ? 'bad' : 'info'}>
          {seconds < 0 ? t.late(text) : t.timeLeft(text)}
        </Badge>
      </span>
      <span>
        {t.due}: <Moment at={dueAt} />
      </span>
    </Row>
  )
}

/** Where an order is, until when its next step is due, and what a party may do. */
export const OrderNext = ({
  order,
  side,
}: {
  readonly order: Order
  readonly side: Side | undefined
}) => {
  const t = useTexts(roomTexts)
  const now = useNow()
  const reasonOf = useCancelReason()
  const situation = useSituation(order, side)
  const rights = rightsOf(order, side, now)
  const { work, status, reason } = order
  const dueAt = isInWork(order) ? work?.dueAt : undefined
  return (
    <Card title={t.next}>
      <div aria-live="polite" className={css.situation}>
        <OrderStatus order={order} />
        <p>{situation}</p>
        {status === 'CANCELLED' && <p>{reasonOf(reason)}</p>}
        {status === 'CANCELLED' && work?.cancellation?.words !== undefined && (
          <p className={css.words}>{work.cancellation.words}</p>
        )}
      </div>
      {rights.accept && <p>{t.silence}</p>}
      {dueAt !== undefined && <Countdown dueAt={dueAt} now={now} />}
      <OrderActions order={order} rights={rights} />
      <CancelOrder order={order} side={side} cancelling={rights.cancel} />
    </Card>
  )
}
