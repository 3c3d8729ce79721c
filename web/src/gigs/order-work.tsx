import { useTexts } from '../i18n/language.tsx'
import { Card, Muted, Row } from '../ui/layout.tsx'
import { Moment } from '../ui/time.tsx'
import { DeliveredFiles } from './delivered-files.tsx'
import css from './gigs.module.css'
import type { Order } from './order-rights.ts'
import { roomTexts } from './order-room-texts.ts'

type Work = NonNullable<Order['work']>

type Step = {
  readonly kind: 'delivery' | 'revision'
  readonly number: number
  readonly at: string
  readonly message?: string
  readonly mediaIds: readonly string[]
}

/** Deliveries and requested revisions, the latest first. */
const stepsOf = ({ deliveries, requests }: Work): readonly Step[] =>
  [
    ...deliveries.map((one): Step => ({ kind: 'delivery', ...one })),
    ...requests.map(({ delivery: number, ...one }): Step => ({
      kind: 'revision',
      number,
      mediaIds: [],
      ...one,
    })),
  ].toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))

/** What was asked for, and what was delivered so far. */
export const OrderWork = ({ work }: { readonly work: Work }) => {
  const t = useTexts(roomTexts)
  const steps = stepsOf(work)
  return (
    <>
      <Card title={t.requirements}>
        {work.requirements === undefined ? (
          <Muted>{t.noRequirements}</Muted>
        ) : (
          <p className={css.words}>{work.requirements}</p>
        )}
      </Card>
      <Card title={t.deliveries}>
        {steps.length === 0 ? (
          <Muted>{t.noDeliveries}</Muted>
        ) : (
          <ol className={css.steps} reversed>
            {steps.map(({ kind, number, at, message, mediaIds }) => (
              <li key={`${kind} ${number}`}>
                <Row between>
                  <h3>{t[kind](number)}</h3>
                  <Muted>
                    <Moment at={at} />
                  </Muted>
                </Row>
                {message !== undefined && <p className={css.words}>{message}</p>}
                <DeliveredFiles mediaIds={mediaIds} />
              </li>
            ))}
          </ol>
        )}
      </Card>
    </>
  )
}
