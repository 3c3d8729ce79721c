import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Row, Table } from '../../ui/layout.tsx'
import { EventDetails } from './event-details.tsx'
import { isReadable } from './event-metadata.ts'
import type { LogEvent } from './event-queries.ts'
import css from './events.module.css'
import { eventTexts } from './texts.ts'

const StreamLink = ({ stream, revision }: Pick<LogEvent, 'stream' | 'revision'>) =>
  isReadable(stream) ? (
    <Link
      className={css.name}
      to="/desk/streams/$id"
      params={{ id: stream }}
      search={{ at: revision }}
    >
      {stream}
    </Link>
  ) : (
    <span className={css.name}>{stream}</span>
  )

/**
 * Events in a table, each with its details in a dialog.
 * @param props.ofStream leaves the stream out, where all events are of one
 * @param props.actions further buttons of an event
 */
export const EventTable = ({
  events,
  ofStream = false,
  actions,
}: {
  readonly events: readonly LogEvent[]
  readonly ofStream?: boolean
  readonly actions?: (event: LogEvent) => ReactNode
}) => {
  const t = useTexts(eventTexts)
  const { precise } = useFormats()
  const [shown, setShown] = useState<LogEvent>()
  const close = (): void => setShown(undefined)
  return (
    <>
      <Table
        caption={t.events}
        rows={events}
        keyOf={({ eventId, position }) => `${position} ${eventId}`}
        columns={[
          { head: t.position, isNumber: true, cell: ({ position }) => position },
          { head: t.time, cell: ({ at }) => <time dateTime={at}>{precise(at)}</time> },
          { head: t.type, cell: ({ type }) => type },
          ...(ofStream ? [] : [{ head: t.stream, cell: StreamLink }]),
          { head: t.revision, isNumber: true, cell: ({ revision }) => revision },
          {
            head: t.show,
            cell: (event) => (
              <Row>
                <Button
                  small
                  look="quiet"
                  aria-label={t.details(event.type, event.position)}
                  onClick={() => setShown(event)}
                >
                  {t.show}
                </Button>
                {actions?.(event)}
              </Row>
            ),
          },
        ]}
      />
      <EventDetails event={shown} onClose={close} />
    </>
  )
}
