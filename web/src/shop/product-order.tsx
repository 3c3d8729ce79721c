import { useQuery } from '@tanstack/react-query'
import { useFallbackInterval } from '../api/use-live.ts'
import { useTexts } from '../i18n/language.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { Page, Sides, Stack } from '../ui/layout.tsx'
import { OrderActions } from './order-actions.tsx'
import { ItemsCard, PaymentCard, ShipmentCard } from './order-facts.tsx'
import { HistoryCard } from './order-history.tsx'
import { OrderProgress } from './order-progress.tsx'
import { historyQuery, paymentsQuery, shipmentsQuery, type Order } from './order-queries.ts'
import { ReturnsCard } from './order-returns.tsx'
import { shortId } from './short-id.ts'
import { orderTexts } from './order-texts.ts'

/** An order of products: how far it is, what is in it, how it was paid and where the parcel is. */
export const ProductOrder = ({ order }: { readonly order: Order }) => {
  const t = useTexts(orderTexts)
  const refetchInterval = useFallbackInterval()
  const history = useQuery({ ...historyQuery(order.id), refetchInterval })
  const payments = useQuery({ ...paymentsQuery(order.id), refetchInterval }).data?.payments ?? []
  const shipments = useQuery({ ...shipmentsQuery(order.id), refetchInterval }).data?.shipments ?? []
  const known = history.data ?? { events: [], saga: [] }
  return (
    <Page
      title={t.order(shortId(order.id))}
      actions={<OrderActions order={order} history={known} />}
    >
      <Sides>
        <Stack>
          <OrderProgress order={order} history={known} payments={payments} />
          <ItemsCard order={order} />
          <ReturnsCard order={order} />
          {history.data ? (
            <HistoryCard history={history.data} />
          ) : history.error ? (
            <Failure error={history.error} onRetry={() => void history.refetch()} />
          ) : (
            <Skeleton />
          )}
        </Stack>
        <Stack>
          <PaymentCard payments={payments} />
          <ShipmentCard order={order} shipments={shipments} />
        </Stack>
      </Sides>
    </Page>
  )
}
