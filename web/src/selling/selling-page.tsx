import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useFallbackInterval } from '../api/use-live.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { Card, List, Muted, Page, Sides, Stack, Terms } from '../ui/layout.tsx'
import { earningSums } from './earning-sums.ts'
import { SellerOnly } from './seller-only.tsx'
import { earningsQuery, soldQuery } from './selling-queries.ts'
import { SellingTabs } from './selling-tabs.tsx'
import { SoldOrder } from './sold-order.tsx'
import { SoldOrders } from './sold-orders.tsx'
import { sellingTexts } from './texts.ts'
import { useSoldLive } from './use-sold-live.ts'

/** Orders whose delivery is awaited, the one that is due first at the top. */
const ToDo = () => {
  const t = useTexts(sellingTexts)
  const refetchInterval = useFallbackInterval()
  const begun = useInfiniteQuery({ ...soldQuery('IN_PROGRESS'), refetchInterval })
  const revised = useInfiniteQuery({ ...soldQuery('IN_REVISION'), refetchInterval })
  const failed = [begun, revised].find(({ error, data }) => error && !data)
  const orders = [begun, revised]
    .flatMap(({ data }) => data?.pages ?? [])
    .flatMap((page) => page.orders)
    .toSorted((one, other) => (one.work?.dueAt ?? '').localeCompare(other.work?.dueAt ?? ''))
  return (
    <Card title={t.toDo}>
      {failed ? (
        <Failure error={failed.error} onRetry={() => void failed.refetch()} />
      ) : !begun.data || !revised.data ? (
        <Skeleton />
      ) : orders.length === 0 ? (
        <Muted>{t.nothingToDo}</Muted>
      ) : (
        <List label={t.toDo}>
          {orders.map((order) => (
            <SoldOrder key={order.id} order={order} />
          ))}
        </List>
      )}
    </Card>
  )
}

const EarningsSummary = () => {
  const t = useTexts(sellingTexts)
  const { money } = useFormats()
  const { data } = useInfiniteQuery(earningsQuery)
  const earnings = data?.pages.flatMap((page) => page.earnings) ?? []
  return (
    <Card title={t.earnings}>
      {earnings.length === 0 ? (
        <Muted>{t.noEarnings}</Muted>
      ) : (
        earningSums(earnings).map(({ currency, held, net }) => (
          <Terms
            key={currency}
            of={[
              [t.held, money(held)],
              [t.net, <strong key="net">{money(net)}</strong>],
            ]}
          />
        ))
      )}
    </Card>
  )
}

const route = getRouteApi('/selling')

const Overview = () => {
  const t = useTexts(sellingTexts)
  const filter = route.useSearch()
  useSoldLive()
  return (
    <Page
      title={t.title}
      actions={
        <ButtonLink to="/selling/gigs/new" look="primary">
          {t.newGig}
        </ButtonLink>
      }
    >
      <SellingTabs />
      <Sides>
        <Stack>
          <ToDo />
          <SoldOrders filter={filter} />
        </Stack>
        <EarningsSummary />
      </Sides>
    </Page>
  )
}

/** The seller's overview: orders to work on, all orders by status, earnings. */
const SellingPage = () => <SellerOnly>{() => <Overview />}</SellerOnly>

export default SellingPage
