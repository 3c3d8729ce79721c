import { getRouteApi } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Empty } from '../../ui/feedback.tsx'
import { Card, Muted, Row, Terms } from '../../ui/layout.tsx'
import { Moment } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { CausationTree } from './causation-tree.tsx'
import type { TracedEvent } from './causation.ts'
import { logsTexts } from './logs-texts.ts'
import { TraceOf } from './trace-of.tsx'

const Summary = ({
  correlationId,
  events,
}: {
  readonly correlationId: string
  readonly events: readonly TracedEvent[]
}) => {
  const t = useTexts(logsTexts)
  const { number } = useFormats()
  const [first] = events
  const last = events.at(-1)
  const took = first && last && (new Date(last.at).getTime() - new Date(first.at).getTime()) / 1_000
  return (
    <Terms
      of={[
        [t.correlation, <code key="id">{correlationId}</code>],
        [t.from, first && <Moment key="from" at={first.at} />],
        [t.took, took === undefined ? undefined : t.seconds(number(took))],
      ]}
    />
  )
}

const Trace = ({ id }: { readonly id: string }) => {
  const t = useTexts(logsTexts)
  const { number } = useFormats()
  return (
    <TraceOf traceId={id}>
      {(events, { correlationId, url }) => (
        <>
          <Muted>{t.traceAbout}</Muted>
          <Summary correlationId={correlationId} events={events} />
          <Row>
            <ButtonLink to="/desk/logs" search={{ traceId: correlationId }}>
              {t.logsOf}
            </ButtonLink>
            {url !== undefined && <a href={url}>{t.store}</a>}
          </Row>
          {events.length === 0 ? (
            <Empty>
              <p>{t.noEvents}</p>
            </Empty>
          ) : (
            <Card title={t.events(number(events.length))}>
              <CausationTree events={events} />
            </Card>
          )}
        </>
      )}
    </TraceOf>
  )
}

const route = getRouteApi('/desk/traces/$id')

/** What one request led to, from the click to the mail. */
const TracePage = () => {
  const t = useTexts(logsTexts)
  const { id } = route.useParams()
  return (
    <Desk title={t.traceOf(id.slice(0, 8))}>
      <Trace key={id} id={id} />
    </Desk>
  )
}

export default TracePage
