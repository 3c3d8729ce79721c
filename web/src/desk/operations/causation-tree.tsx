import { Link } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Muted } from '../../ui/layout.tsx'
import { causation, type Caused, type TracedEvent } from './causation.ts'
import { logsTexts } from './logs-texts.ts'
import css from './operations.module.css'

/** Whether the id of a stream is hidden, so that there is no page of it. */
const isHidden = (stream: string): boolean => stream.endsWith('-***')

/** Effects deeper than this are not indented any further, so that there is room for them. */
const deepest = 18

const Branch = ({
  caused,
  start,
  depth,
}: {
  readonly caused: Caused
  readonly start: number
  readonly depth: number
}) => {
  const t = useTexts(logsTexts)
  const { number, precise } = useFormats()
  const { event, effects } = caused
  const { type, stream, at, actor } = event
  const seconds = (new Date(at).getTime() - start) / 1_000
  return (
    <li>
      <div className={css.node}>
        <strong>{type}</strong>
        {isHidden(stream) ? (
          <span>{stream}</span>
        ) : (
          <Link to="/desk/streams/$id" params={{ id: stream }}>
            {stream}
          </Link>
        )}
        <Muted>
          <time dateTime={at} title={precise(at)}>
            {t.after(number(seconds))}
          </time>{' '}
          {t.by(actor)}
        </Muted>
      </div>
      {effects.length > 0 && (
        <ul className={depth < deepest ? '' : css.flat}>
          {effects.map((one) => (
            <Branch key={one.event.eventId} caused={one} start={start} depth={depth + 1} />
          ))}
        </ul>
      )}
    </li>
  )
}

/** The events of a trace as an indented tree: each below the one that led to it, with links to their streams. */
export const CausationTree = ({ events }: { readonly events: readonly TracedEvent[] }) => {
  const t = useTexts(logsTexts)
  const start = Math.min(...events.map(({ at }) => new Date(at).getTime()))
  return (
    <ul className={css.tree} aria-label={t.tree}>
      {causation(events).map((one) => (
        <Branch key={one.event.eventId} caused={one} start={start} depth={0} />
      ))}
    </ul>
  )
}
