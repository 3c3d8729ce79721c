import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Empty, Loaded } from '../../ui/feedback.tsx'
import { Card, Muted, Row, Stack } from '../../ui/layout.tsx'
import { Desk } from '../desk.tsx'
import { eventFilter } from './event-filter.ts'
import { EventFilters } from './event-filters.tsx'
import { eventsQuery, type EventsPage as Shown, type LogEvent } from './event-queries.ts'
import { EventTable } from './event-table.tsx'
import css from './events.module.css'
import { ExportEvents } from './export-events.tsx'
import { OpenStream, Streams } from './streams.tsx'
import { eventTexts } from './texts.ts'

const route = getRouteApi('/desk/events')

const matches = (event: LogEvent, words: string): boolean =>
  JSON.stringify(event).toLowerCase().includes(words.trim().toLowerCase())

const Paging = ({ older, newer }: Pick<Shown, 'older' | 'newer'>) => {
  const t = useTexts(eventTexts)
  const filter = eventFilter(route.useSearch())
  return (
    <nav aria-label={t.pages}>
      <Row>
        {newer !== undefined && (
          <>
            <ButtonLink small to="/desk/events" search={filter}>
              {t.newest}
            </ButtonLink>
            <ButtonLink small to="/desk/events" search={{ ...filter, after: newer }}>
              {t.newer}
            </ButtonLink>
          </>
        )}
        {older !== undefined && (
          <ButtonLink small to="/desk/events" search={{ ...filter, before: older }}>
            {t.older}
          </ButtonLink>
        )}
      </Row>
    </nav>
  )
}

const Events = ({ events, older, newer, head }: Shown) => {
  const t = useTexts(eventTexts)
  const { number } = useFormats()
  const [words, setWords] = useState('')
  const found = events.filter((event) => matches(event, words))
  return (
    <Stack>
      <Row between>
        <Muted>{t.count(number(found.length), head)}</Muted>
        <Row>
          <input
            type="search"
            aria-label={t.find}
            placeholder={t.find}
            className={css.find}
            value={words}
            onChange={({ target }) => setWords(target.value)}
          />
        </Row>
      </Row>
      {found.length === 0 ? (
        <Empty>
          <p>{t.none}</p>
        </Empty>
      ) : (
        <EventTable events={found} />
      )}
      <Paging older={older} newer={newer} />
    </Stack>
  )
}

const Content = () => {
  const t = useTexts(eventTexts)
  const navigate = useNavigate()
  const search = route.useSearch()
  const filter = eventFilter(search)
  const query = useQuery(eventsQuery(search))
  return (
    <Stack>
      <Card title={t.filter}>
        <EventFilters
          filter={filter}
          error={query.error}
          onFilter={(next) => void navigate({ to: '/desk/events', search: next })}
          actions={
            <ButtonLink to="/desk/events" search={{}} look="quiet">
              {t.clear}
            </ButtonLink>
          }
        />
      </Card>
      <section aria-label={t.events}>
        <Loaded query={query} skeletons={3}>
          {(page) => <Events {...page} />}
        </Loaded>
      </section>
      <div className={css.halves}>
        <Streams />
        <Stack>
          <OpenStream />
          <ExportEvents key={JSON.stringify(filter)} filter={filter} />
        </Stack>
      </div>
    </Stack>
  )
}

/** The events of the log by filter; the address has the filter and the page. */
const EventsPage = () => {
  const t = useTexts(eventTexts)
  return (
    <Desk title={t.title}>
      <Content />
    </Desk>
  )
}

export default EventsPage
