import { useSession } from '../app/session.tsx'
import { Page, Sides, Stack } from '../ui/layout.tsx'
import { OrderHistory } from './order-history.tsx'
import { OrderNext } from './order-next.tsx'
import { OrderReviews } from './order-reviews.tsx'
import { sideOf, type Order } from './order-rights.ts'
import { OrderSummary } from './order-summary.tsx'
import { OrderWork } from './order-work.tsx'

/**
 * The page of an order of a gig: buyer and seller see the work so far and what they may do. The page of orders follows the
 * order, so that each sees the other's steps as they happen.
 */
const OrderRoom = ({ order }: { readonly order: Order }) => {
  const { user } = useSession()
  const side = sideOf(order, user)
  const isReviewed = order.status === 'COMPLETED' || order.status === 'PARTLY_REFUNDED'
  return (
    <Page title={order.items[0]?.name ?? order.id}>
      <Sides>
        <Stack>
          <OrderNext order={order} side={side} />
          {order.work && <OrderWork work={order.work} />}
          {isReviewed && side && <OrderReviews order={order} side={side} />}
        </Stack>
        <Stack>
          <OrderSummary order={order} side={side} />
          <OrderHistory orderId={order.id} />
        </Stack>
      </Sides>
    </Page>
  )
}

export default OrderRoom
