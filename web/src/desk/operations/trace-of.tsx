import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure, Skeleton } from '../../ui/feedback.tsx'
import type { TracedEvent } from './causation.ts'
import { logsTexts } from './logs-texts.ts'
import { traceQuery, type TraceFound } from './operations-queries.ts'

/**
 * Reads the events of a trace, from the latest searched part of the log backwards as far as the reader asks.
 * @param props.traceId id of the trace, or the correlation id
 * @param props.children shows the events, earliest first, and the answer of the first search
 */
export const TraceOf = ({
  traceId,
  children,
}: {
  readonly traceId: string
  readonly children: (events: readonly TracedEvent[], found: TraceFound) => ReactNode
}) => {
  const t = useTexts(logsTexts)
  const query = useInfiniteQuery(traceQuery(traceId))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  const [found] = data?.pages ?? []
  if (!data || !found)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={2} />
  // Later pages have earlier events.
  const events = data.pages.toReversed().flatMap((page) => page.events)
  return (
    <>
      {children(events, found)}
      {hasNextPage && (
        <div>
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t.earlier}
          </Button>
        </div>
      )}
    </>
  )
}
