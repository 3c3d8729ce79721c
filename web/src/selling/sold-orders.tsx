import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { gigOrderStatuses, type GigOrderStatus } from '../gigs/gig-order-status.ts'
import { useStatusTexts } from '../gigs/order-status.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Form, Select } from '../ui/form.tsx'
import { Card, List, Muted } from '../ui/layout.tsx'
import { soldFilter, type SoldFilter } from './sold-filter.ts'
import { SoldOrder } from './sold-order.tsx'
import { soldQuery } from './selling-queries.ts'
import { sellingTexts } from './texts.ts'

const Orders = ({ status }: { readonly status: GigOrderStatus | undefined }) => {
  const t = useTexts(sellingTexts)
  const query = useInfiniteQuery(soldQuery(status))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data) return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />
  const orders = data.pages.flatMap((page) => page.orders)
  return (
    <>
      {orders.length === 0 ? (
        <Muted>{t.noOrders}</Muted>
      ) : (
        <List label={t.orders}>
          {orders.map((order) => (
            <SoldOrder key={order.id} order={order} />
          ))}
        </List>
      )}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </>
  )
}

/** The orders of the seller's gigs, by status. */
export const SoldOrders = ({ filter }: { readonly filter: SoldFilter }) => {
  const t = useTexts(sellingTexts)
  const statusTexts = useStatusTexts()
  const navigate = useNavigate()
  const { status } = filter
  return (
    <Card title={t.orders}>
      <Form
        key={status ?? ''}
        label={t.orders}
        submitLabel={t.show}
        busy={false}
        onSubmit={(values) =>
          void navigate({ to: '/selling', search: soldFilter({ status: values.text('status') }) })
        }
      >
        <Select
          name="status"
          label={t.status}
          required={false}
          defaultValue={status ?? ''}
          options={[
            ['', t.all],
            ...gigOrderStatuses.map((one) => [one, statusTexts[one]] as const),
          ]}
        />
      </Form>
      <Orders status={status} />
    </Card>
  )
}
