import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { noteWritten } from '../api/positions.ts'
import { useFallbackInterval, useLive } from '../api/use-live.ts'
import { SignedIn } from '../app/access.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Select } from '../ui/form.tsx'
import { Card, List, Muted, Page, Row } from '../ui/layout.tsx'
import { Moment } from '../ui/time.tsx'
import { ordersQuery, type Order, type OrderStatus } from './order-queries.ts'
import { StatusBadge } from './order-status.tsx'
import { orderTexts, statusTexts } from './order-texts.ts'
import { orderStatuses, ordersFilter } from './orders-filter.ts'
import { shortId } from './short-id.ts'

const route = getRouteApi('/orders')

/** Number of an order's lines that the list names. */
const named = 3

const Entry = ({ order: { id, status, items, total, createdAt } }: { readonly order: Order }) => {
  const t = useTexts(orderTexts)
  const { money, number } = useFormats()
  const names = items.slice(0, named).map(({ name, quantity }) => `${number(quantity)} × ${name}`)
  const more = items.length - names.length
  return (
    <li>
      <Card>
        <Row between>
          <Link to="/orders/$id" params={{ id }}>
            <strong>{t.order(shortId(id))}</strong>
          </Link>
          <StatusBadge status={status} />
        </Row>
        <span>
          {names.join(', ')} {more > 0 && t.more(number(more))}
        </span>
        <Row between>
          <Muted>
            <Moment at={createdAt} />
          </Muted>
          <strong>{money(total)}</strong>
        </Row>
      </Card>
    </li>
  )
}

const Orders = ({ status }: { readonly status: OrderStatus | undefined }) => {
  const t = useTexts(orderTexts)
  const queries = useQueryClient()
  const reread = (): void => void queries.invalidateQueries({ queryKey: ['orders', 'list'] })
  useLive(
    '/orders',
    {
      'order:status': ({ position }) => {
        noteWritten(position)
        reread()
      },
    },
    { onConnect: reread },
  )
  const query = useInfiniteQuery({
    ...ordersQuery(status),
    refetchInterval: useFallbackInterval(),
  })
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={3} />
  const orders = data.pages.flatMap((page) => page.orders)
  if (orders.length === 0)
    return (
      <Empty>
        <p>{status === undefined ? t.none : t.noneInStatus}</p>
        <ButtonLink to="/">{t.toShop}</ButtonLink>
      </Empty>
    )
  return (
    <>
      <List label={t.list}>
        {orders.map((order) => (
          <Entry key={order.id} order={order} />
        ))}
      </List>
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </>
  )
}

/** The signed-in user's orders, by status. */
const OrdersPage = () => {
  const t = useTexts(orderTexts)
  const names = useTexts(statusTexts)
  const navigate = useNavigate()
  const { status } = route.useSearch()
  return (
    <SignedIn>
      {() => (
        <Page title={t.title} narrow>
          <Select
            name="status"
            label={t.filter}
            value={status ?? ''}
            onChange={({ currentTarget: { value } }) =>
              void navigate({ to: '/orders', search: ordersFilter({ status: value }) })
            }
            options={[
              ['', t.all],
              ...orderStatuses.map((one): [string, string] => [one, names[one]]),
            ]}
          />
          <Orders status={status} />
        </Page>
      )}
    </SignedIn>
  )
}

export default OrdersPage
