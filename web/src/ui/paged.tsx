import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Empty, Failure, More, Skeleton } from './feedback.tsx'

/**
 * Shows a list that is read page by page, with a button for the next page; or that it is loading, empty or failed. Rows
 * that are shown stay while a later attempt fails.
 * @param props.rowsOf the rows of a page
 * @param props.none what an empty list says
 * @param props.skeletons number of placeholders while it is loading
 */
export const Paged = <Page, Row>({
  query,
  rowsOf,
  none,
  skeletons = 2,
  children,
}: {
  readonly query: UseInfiniteQueryResult<InfiniteData<Page>>
  readonly rowsOf: (page: Page) => readonly Row[]
  readonly none: string
  readonly skeletons?: number
  readonly children: (rows: readonly Row[]) => ReactNode
}) => {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data)
    return error ? (
      <Failure error={error} onRetry={() => void refetch()} />
    ) : (
      <Skeleton count={skeletons} />
    )
  const rows = data.pages.flatMap(rowsOf)
  if (rows.length === 0)
    return (
      <Empty>
        <p>{none}</p>
      </Empty>
    )
  return (
    <>
      {children(rows)}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </>
  )
}
