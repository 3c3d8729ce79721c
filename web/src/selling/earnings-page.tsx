import { useInfiniteQuery } from '@tanstack/react-query'
import { useFallbackInterval } from '../api/use-live.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Card, Muted, Page, Table } from '../ui/layout.tsx'
import { EarningSumsTable } from './earning-sums-table.tsx'
import { SellerOnly } from './seller-only.tsx'
import { earningsQuery } from './selling-queries.ts'
import { SellingTabs } from './selling-tabs.tsx'
import { sellingTexts } from './texts.ts'
import { useSoldLive } from './use-sold-live.ts'

const Earnings = () => {
  const t = useTexts(sellingTexts)
  const { money, month: monthOf } = useFormats()
  useSoldLive()
  const refetchInterval = useFallbackInterval()
  const query = useInfiniteQuery({ ...earningsQuery, refetchInterval })
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data) return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />
  const earnings = data.pages.flatMap((page) => page.earnings)
  if (earnings.length === 0)
    return (
      <Empty>
        <p>{t.noEarnings}</p>
      </Empty>
    )
  return (
    <>
      <Card title={t.sums}>
        {hasNextPage && <Muted>{t.partSums}</Muted>}
        <EarningSumsTable earnings={earnings} />
      </Card>
      <Card title={t.byMonth}>
        <Table
          caption={t.byMonth}
          rows={earnings}
          keyOf={({ month, currency }) => `${month} ${currency}`}
          columns={[
            { head: t.month, cell: ({ month }) => monthOf(month) },
            { head: t.held, cell: ({ held }) => money(held), isNumber: true },
            { head: t.captured, cell: ({ captured }) => money(captured), isNumber: true },
            { head: t.refunded, cell: ({ refunded }) => money(refunded), isNumber: true },
          ]}
        />
      </Card>
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </>
  )
}

/** What the seller's gigs have earned, in sums by currency and by month. */
const EarningsPage = () => {
  const t = useTexts(sellingTexts)
  return (
    <SellerOnly>
      {() => (
        <Page title={t.earnings}>
          <SellingTabs />
          <p>{t.earningsAbout}</p>
          <Earnings />
        </Page>
      )}
    </SellerOnly>
  )
}

export default EarningsPage
