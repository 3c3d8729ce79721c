import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ask } from '../../api/sockets.ts'
import { useFallbackInterval, useLive } from '../../api/use-live.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Empty, Loaded } from '../../ui/feedback.tsx'
import { Card, Row, Stack, Table, Terms } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Ago, Moment } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { orderStoryQuery, type Order, type OrderStory, type SagaRun } from './order-queries.ts'
import { RefundsCard, ReturnsCard } from './refunds-card.tsx'
import { SagaBadge } from './saga-badge.tsx'
import { SagaRetry } from './saga-retry.tsx'
import { ShipmentCard } from './shipment-card.tsx'
import { ordersTexts } from './texts.ts'
import { TimelineRange } from './timeline-range.tsx'
import { timelineOf } from './timeline.ts'
import { Waits } from './waits.tsx'

const route = getRouteApi('/desk/orders/$id')

/** Interval in which the page is read again while a run has not ended, in ms: timers, mails and retries are not pushed. */
const unendedMs = 2_000

/** Reads the story of an order again with each push about it. */
const useStory = (id: string) => {
  const queries = useQueryClient()
  const fallback = useFallbackInterval()
  const query = orderStoryQuery(id)
  const again = (): void => void queries.invalidateQueries({ queryKey: query.queryKey })
  const ifMine = ({ orderId }: { readonly orderId: string }): void => {
    if (orderId === id) again()
  }
  useLive(
    '/orders',
    {
      'order:status': ifMine,
      'order:saga-step': ifMine,
      'payment:status': ifMine,
      'shipment:status': ifMine,
    },
    {
      key: id,
      onConnect: () => {
        // An id that is of no order is refused; what is shown is read again anyway.
        void ask('/orders', 'order:subscribe', { orderId: id }).catch(() => undefined)
        again()
      },
      onLeave: () =>
        void ask('/orders', 'order:unsubscribe', { orderId: id }).catch(() => undefined),
    },
  )
  return useQuery({
    ...query,
    refetchInterval: ({ state: { data } }) =>
      data?.runs.some(({ state }) => state !== 'ended') ? unendedMs : fallback,
  })
}

const Facts = ({ order }: { readonly order: Order }) => {
  const t = useTexts(ordersTexts)
  const { money } = useFormats()
  const { userId, status, reason, items, total, createdAt, payment } = order
  return (
    <Card title={t.facts}>
      <Terms
        of={[
          [
            t.status,
            <span key="status" aria-live="polite">
              <Badge kind="info">{status}</Badge>
            </span>,
          ],
          [t.reason, reason],
          [
            t.buyer,
            <Link key="buyer" to="/desk/people/$id" params={{ id: userId }}>
              {userId}
            </Link>,
          ],
          [t.items, items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')],
          [t.total, money(total)],
          [
            t.payment,
            payment && (
              <Link key="payment" to="/desk/payments" search={{ order: order.id }}>
                {payment.status}
              </Link>
            ),
          ],
          [t.placed, <Moment key="placed" at={createdAt} />],
        ]}
      />
    </Card>
  )
}

const Runs = ({ runs }: { readonly runs: readonly SagaRun[] }) => {
  const t = useTexts(ordersTexts)
  const { number } = useFormats()
  return (
    <Card title={t.runsHere}>
      <Table
        caption={t.runsHere}
        rows={runs}
        keyOf={({ saga }) => saga}
        columns={[
          { head: t.saga, cell: ({ saga }) => saga },
          { head: t.stateHead, cell: ({ state }) => <SagaBadge state={state} /> },
          { head: t.changed, cell: ({ updatedAt }) => <Ago at={updatedAt} /> },
          { head: t.steps, cell: ({ steps }) => number(steps), isNumber: true },
        ]}
      />
    </Card>
  )
}

const Story = ({ story }: { readonly story: OrderStory }) => {
  const t = useTexts(ordersTexts)
  const { order, runs } = story
  if (!order && runs.length === 0)
    return (
      <Empty>
        <p>{t.unknown}</p>
      </Empty>
    )
  return (
    <Stack>
      <Waits runs={runs} />
      <TimelineRange timeline={timelineOf(story)} />
      {order && <Facts order={order} />}
      <Runs runs={runs} />
      {order && <RefundsCard order={order} />}
      {order && <ReturnsCard order={order} />}
      {order?.shipment && <ShipmentCard id={order.shipment.id} />}
    </Stack>
  )
}

const OrderStoryPage = ({ id }: { readonly id: string }) => {
  const query = useStory(id)
  return (
    <Loaded query={query} skeletons={3}>
      {(story) => (
        <Stack>
          {story.runs.some(({ state }) => state === 'parked') && (
            <Row>
              <SagaRetry id={id} />
            </Row>
          )}
          <Story story={story} />
        </Stack>
      )}
    </Loaded>
  )
}

/** The course of an order: what happened, what its sagas sent, what they wait for, and the retry of a parked one. */
const OrderPage = () => {
  const t = useTexts(ordersTexts)
  const { id } = route.useParams()
  return (
    <Desk title={t.order(id)}>
      <OrderStoryPage key={id} id={id} />
    </Desk>
  )
}

export default OrderPage
