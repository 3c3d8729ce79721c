import { useTexts } from '../../i18n/language.tsx'
import { Badge, type Kind } from '../../ui/notice.tsx'
import { Row } from '../../ui/layout.tsx'
import css from './events.module.css'
import { readablePath } from './json-path.ts'
import type { Difference } from './state-differences.ts'
import { eventTexts } from './texts.ts'

const kinds: Readonly<Record<Difference['kind'], Kind>> = {
  added: 'good',
  removed: 'bad',
  changed: 'warn',
}

const valuesOf = (difference: Difference): string => {
  const before = 'before' in difference ? JSON.stringify(difference.before) : undefined
  const after = 'after' in difference ? JSON.stringify(difference.after) : undefined
  return [before, after].filter((one) => one !== undefined).join(' → ')
}

/** The differences between two states, one below the other. */
export const Differences = ({
  of,
  label,
}: {
  readonly of: readonly Difference[]
  readonly label: string
}) => {
  const t = useTexts(eventTexts)
  if (of.length === 0) return <p>{t.same}</p>
  return (
    <ul aria-label={label} className={css.tree}>
      {of.map((one) => (
        <li key={JSON.stringify(one.path)} className={css.difference}>
          <Row>
            <Badge kind={kinds[one.kind]}>{t[one.kind]}</Badge>
            <code>{readablePath(one.path) || t.whole}</code>
          </Row>
          <code className={css.long}>{valuesOf(one)}</code>
        </li>
      ))}
    </ul>
  )
}
