import { useTexts } from '../../i18n/language.tsx'
import { Card, List, Muted } from '../../ui/layout.tsx'
import { Ago } from '../../ui/time.tsx'
import type { SagaRun } from './order-queries.ts'
import { ordersTexts } from './texts.ts'

type Wait = SagaRun['waits'][number]

/** The last line of a stack that names the fault comes first. */
const faultIn = (error: string): string => error.split('\n', 1)[0] ?? ''

const useWaitText = (): ((wait: Wait) => string) => {
  const t = useTexts(ordersTexts)
  return ({ kind, type, to = '', target = '', events = [] }) => {
    if (kind === 'operator') return t.waitOperator(type)
    const stream = `${to} ${target}`.trim()
    if (kind === 'timer') return t.waitTimer(type, stream)
    return t.waitAnswer(type, stream, events.join(t.or))
  }
}

/** What the runs wait for now, and since when. */
export const Waits = ({ runs }: { readonly runs: readonly SagaRun[] }) => {
  const t = useTexts(ordersTexts)
  const textOf = useWaitText()
  const waits = runs.flatMap(({ saga, waits: some }) => some.map((wait) => ({ saga, wait })))
  return (
    <Card title={t.waits}>
      <div aria-live="polite">
        {waits.length === 0 ? (
          <p>{t.waitsNothing}</p>
        ) : (
          <List>
            {waits.map(({ saga, wait }) => (
              <li key={`${saga} ${wait.kind} ${wait.commandId} ${wait.since}`}>
                {textOf(wait)}
                {wait.error !== undefined && <p>{faultIn(wait.error)}</p>}{' '}
                <Muted>
                  ({saga}, {t.since} <Ago at={wait.since} />
                  {wait.dueAt !== undefined && (
                    <>
                      , {t.due} <Ago at={wait.dueAt} />
                    </>
                  )}
                  )
                </Muted>
              </li>
            ))}
          </List>
        )}
      </div>
    </Card>
  )
}
