import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useSession } from '../../app/session.tsx'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure, More, Skeleton } from '../../ui/feedback.tsx'
import { Card, Muted, Row, Stack } from '../../ui/layout.tsx'
import { Desk } from '../desk.tsx'
import { CausationTree } from '../operations/causation-tree.tsx'
import { TraceOf } from '../operations/trace-of.tsx'
import { idOfStream, metadataOf } from './event-metadata.ts'
import { streamEventsQuery, type LogEvent } from './event-queries.ts'
import { EventTable } from './event-table.tsx'
import { Moments } from './moments.tsx'
import { momentsOf } from './stream-search.ts'
import { eventTexts } from './texts.ts'
import { modelOfStream } from './why-models.ts'

const route = getRouteApi('/desk/streams/$id')

const Causes = ({ event }: { readonly event: LogEvent | undefined }) => {
  const t = useTexts(eventTexts)
  const { is } = useSession()
  const correlationId = event && metadataOf(event).correlationId
  if (!event || correlationId === undefined) return null
  return (
    <Card title={t.causes}>
      {is('admin') ? (
        <>
          <Muted>{t.causesOf(event.type)}</Muted>
          <TraceOf traceId={correlationId}>{(events) => <CausationTree events={events} />}</TraceOf>
        </>
      ) : (
        <Muted>{t.causesForAdmins}</Muted>
      )}
    </Card>
  )
}

const Stream = ({ streamId }: { readonly streamId: string }) => {
  const t = useTexts(eventTexts)
  const navigate = useNavigate()
  const search = route.useSearch()
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    streamEventsQuery(streamId),
  )
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={3} />
  const events = data.pages.flatMap((page) => page.events)
  const moments = momentsOf(search, events[0]?.revision ?? 0)
  const eventAt = (revision: number): LogEvent | undefined =>
    events.find((event) => event.revision === revision)
  const model = modelOfStream(streamId)
  return (
    <Stack>
      {model !== undefined && (
        <Row>
          <Link to="/desk/why" search={{ model, key: idOfStream(streamId) }}>
            {t.whyLink}
          </Link>
        </Row>
      )}
      <Moments
        streamId={streamId}
        {...moments}
        last={events[0]?.revision ?? 0}
        typeOf={(revision) => eventAt(revision)?.type ?? ''}
      />
      <Card title={t.events}>
        <EventTable
          ofStream
          events={events}
          actions={({ revision }) => (
            <Button
              small
              look="quiet"
              aria-label={t.stateHere(String(revision))}
              onClick={() =>
                void navigate({
                  to: '/desk/streams/$id',
                  params: { id: streamId },
                  search: { at: revision },
                })
              }
            >
              {t.here}
            </Button>
          )}
        />
        <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      </Card>
      <Causes event={eventAt(moments.at)} />
    </Stack>
  )
}

/** A stream: its events, its state at any moment, differences between two moments, and what led to them. */
const StreamPage = () => {
  const t = useTexts(eventTexts)
  const { id } = route.useParams()
  return (
    <Desk title={t.streamTitle(id)}>
      <Stream key={id} streamId={id} />
    </Desk>
  )
}

export default StreamPage
