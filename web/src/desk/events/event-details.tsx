import { Link } from '@tanstack/react-router'
import { useSession } from '../../app/session.tsx'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Muted, Row, Stack, Terms } from '../../ui/layout.tsx'
import { isReadable, metadataOf } from './event-metadata.ts'
import type { LogEvent } from './event-queries.ts'
import css from './events.module.css'
import { JsonBlock } from '../../ui/json-block.tsx'
import { eventTexts } from './texts.ts'

const Links = ({ event }: { readonly event: LogEvent }) => {
  const t = useTexts(eventTexts)
  const { is } = useSession()
  const { correlationId } = metadataOf(event)
  return (
    <Row>
      {isReadable(event.stream) && (
        <Link to="/desk/streams/$id" params={{ id: event.stream }} search={{ at: event.revision }}>
          {t.toStream}
        </Link>
      )}
      {correlationId !== undefined && is('admin') && (
        <Link to="/desk/traces/$id" params={{ id: correlationId }}>
          {t.toTrace}
        </Link>
      )}
    </Row>
  )
}

const named = (id: string | undefined) => id && <span className={css.name}>{id}</span>

/** An event in full: its place, its causes, its masked data. @param props.event undefined while none is shown */
export const EventDetails = ({
  event,
  onClose,
}: {
  readonly event: LogEvent | undefined
  readonly onClose: () => void
}) => {
  const t = useTexts(eventTexts)
  const { precise } = useFormats()
  const { actorId, causationId, correlationId, schemaVersion } = event ? metadataOf(event) : {}
  return (
    <Dialog title={event?.type ?? ''} isOpen={event !== undefined} onClose={onClose}>
      {event && (
        <Stack>
          <Terms
            of={[
              [t.stream, named(event.stream)],
              [t.revision, event.revision],
              [t.position, event.position],
              [t.time, precise(event.at)],
              [t.schemaVersion, schemaVersion],
              [t.eventId, named(event.eventId)],
              [t.actor, named(actorId)],
              [t.correlation, named(correlationId)],
              [t.causation, named(causationId)],
            ]}
          />
          <h3>{t.data}</h3>
          <JsonBlock label={t.data} value={event.data} />
          <Muted>{t.masked}</Muted>
          <Links event={event} />
        </Stack>
      )}
    </Dialog>
  )
}
