import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useFallbackInterval } from '../api/use-live.ts'
import { SignedIn } from '../app/access.tsx'
import { Loaded, Skeleton } from '../ui/feedback.tsx'
import { orderQuery } from './order-queries.ts'
import { ProductOrder } from './product-order.tsx'
import { useOrderLive } from './use-order-live.ts'

const OrderRoom = lazy(() => import('../gigs/order-room.tsx'))

const route = getRouteApi('/orders/$id')

const OneOrder = ({ id }: { readonly id: string }) => {
  useOrderLive(id)
  const query = useQuery({ ...orderQuery(id), refetchInterval: useFallbackInterval() })
  return (
    <Loaded query={query} skeletons={3}>
      {(order) =>
        order.items[0]?.kind === 'gig' ? (
          <Suspense fallback={<Skeleton count={3} />}>
            <OrderRoom order={order} />
          </Suspense>
        ) : (
          <ProductOrder order={order} />
        )
      }
    </Loaded>
  )
}

/** An order, which is followed while it is shown. */
const OrderPage = () => {
  const { id } = route.useParams()
  return <SignedIn>{() => <OneOrder key={id} id={id} />}</SignedIn>
}

export default OrderPage
