import { Link } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Muted, Row } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { ErrorText } from './error-text.tsx'
import { JsonBlock } from '../../ui/json-block.tsx'
import type { LogLine } from './logs-queries.ts'
import { logsTexts } from './logs-texts.ts'
import css from './operations.module.css'

const kinds = {
  trace: 'neutral',
  debug: 'neutral',
  info: 'info',
  warn: 'warn',
  error: 'bad',
  fatal: 'bad',
} as const

/** An error with its causes as text. @param causedBy what stands before a cause */
const errorText = (
  { type, message, stack, causes }: NonNullable<LogLine['error']>,
  causedBy: string,
) =>
  [
    stack ?? `${type}: ${message}`,
    ...causes.map((cause) => `${causedBy}: ${cause.stack ?? `${cause.type}: ${cause.message}`}`),
  ].join('\n')

/** A log line, with its error and details to unfold. */
export const LogLineItem = ({ line }: { readonly line: LogLine }) => {
  const t = useTexts(logsTexts)
  const { precise } = useFormats()
  const { level, time, service, process, message, traceId, error, details } = line
  return (
    <li className={css.line}>
      <Row>
        <Badge kind={kinds[level]}>{level}</Badge>
        <Muted>
          <time dateTime={time}>{precise(time)}</time> · {service}
        </Muted>
        {traceId !== undefined && (
          <Link to="/desk/traces/$id" params={{ id: traceId }}>
            {t.trace}
          </Link>
        )}
      </Row>
      <span>{message}</span>
      {(error || details) && (
        <details>
          <summary aria-label={t.detailsOf(message)}>{t.details}</summary>
          <Muted>
            {t.process}: {process}
          </Muted>
          {error && <ErrorText label={t.causes} text={errorText(error, t.causes)} />}
          {details && <JsonBlock label={t.details} value={details} />}
        </details>
      )}
    </li>
  )
}
