import { useTexts } from '../i18n/language.tsx'
import { Card, Muted, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Moment } from '../ui/time.tsx'
import css from './order-progress.module.css'
import type { Order, OrderHistory, Payment } from './order-queries.ts'
import { stagesOf, type Standing } from './order-stages.ts'
import { StatusBadge } from './order-status.tsx'
import { orderTexts } from './order-texts.ts'

const marks: Readonly<Record<Standing, string>> = {
  done: '✓',
  now: '…',
  next: '',
  failed: '✕',
  never: '',
}

const looks: Readonly<Record<Standing, string | undefined>> = {
  done: css.done,
  now: css.now,
  next: '',
  failed: css.failed,
  never: '',
}

/** How far an order is: its stages, those to come as well, and why it ended if it did early. */
export const OrderProgress = ({
  order,
  history,
  payments,
}: {
  readonly order: Order
  readonly history: OrderHistory
  readonly payments: readonly Payment[]
}) => {
  const t = useTexts(orderTexts)
  const all = stagesOf(order, history)
  const now = all.find(({ standing }) => standing === 'now')
  const declined = payments.find(({ status, reason }) => status !== 'COMPLETED' && reason)
  const isOver = order.status === 'REJECTED' || order.status === 'CANCELLED'
  return (
    <Card title={t.progress}>
      <div aria-live="polite">
        <Row>
          <StatusBadge status={order.status} />
          {now && <span>{t.next(now.stage)}</span>}
        </Row>
      </div>
      {isOver && (
        <Notice kind={order.status === 'REJECTED' ? 'bad' : 'warn'}>
          {order.reason !== undefined && <p>{t.reasonOf(order.reason)}</p>}
          {order.reason === 'payment_declined' && declined?.reason !== undefined && (
            <p>{t.reasonOf(declined.reason)}</p>
          )}
        </Notice>
      )}
      <ol className={css.stages}>
        {all
          .filter(({ standing }) => standing !== 'never')
          .map(({ stage, standing, at }) => (
            <li
              key={stage}
              className={css.stage}
              aria-current={standing === 'now' ? 'step' : undefined}
            >
              <span className={`${css.mark} ${looks[standing]}`} aria-hidden="true">
                {marks[standing]}
              </span>
              <span className={`${css.text} ${standing === 'next' ? css.later : ''}`}>
                <span>{t.stage(stage)}</span>
                {standing === 'now' && <Muted>{t.now}</Muted>}
                {standing === 'failed' && <Muted>{t.failed}</Muted>}
                {at !== undefined && (
                  <Muted>
                    <Moment at={at} />
                  </Muted>
                )}
              </span>
            </li>
          ))}
      </ol>
    </Card>
  )
}
