import { useQuery } from '@tanstack/react-query'
import { texts, useTexts } from '../i18n/language.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Card, Muted } from '../ui/layout.tsx'
import { Moment } from '../ui/time.tsx'
import css from './gigs.module.css'
import { orderHistoryQuery } from './order-queries.ts'
import { roomTexts } from './order-room-texts.ts'

const eventTexts = texts(
  {
    GigOrderPlaced: 'Ordered',
    GigOrderStarted: 'Payment secured, work began',
    GigOrderDelivered: 'Delivered',
    GigOrderRevisionRequested: 'Revision asked for',
    GigOrderOverdue: 'Delivery became late',
    GigOrderAccepted: 'Work accepted',
    GigOrderCompleted: 'Payment taken, order completed',
    GigOrderCancellationProposed: 'Cancelling proposed',
    GigOrderCancelled: 'Cancelled',
    GigOrderPartyLeft: 'A party has left Agora',
    GigOrderRefundRequested: 'Refund asked for',
    GigOrderRefunded: 'Refunded',
    GigOrderRefundFailed: 'Refund failed',
  },
  {
    GigOrderPlaced: 'Bestellt',
    GigOrderStarted: 'Zahlung gesichert, Arbeit begonnen',
    GigOrderDelivered: 'Geliefert',
    GigOrderRevisionRequested: 'Um Überarbeitung gebeten',
    GigOrderOverdue: 'Lieferung verspätet',
    GigOrderAccepted: 'Arbeit angenommen',
    GigOrderCompleted: 'Zahlung eingezogen, Bestellung abgeschlossen',
    GigOrderCancellationProposed: 'Stornierung vorgeschlagen',
    GigOrderCancelled: 'Storniert',
    GigOrderPartyLeft: 'Eine Partei hat Agora verlassen',
    GigOrderRefundRequested: 'Erstattung beantragt',
    GigOrderRefunded: 'Erstattet',
    GigOrderRefundFailed: 'Erstattung fehlgeschlagen',
  },
)

const isShown = (type: string): type is keyof typeof eventTexts.en => type in eventTexts.en

/** What happened to an order, the earliest first. */
export const OrderHistory = ({ orderId }: { readonly orderId: string }) => {
  const t = useTexts(roomTexts)
  const names = useTexts(eventTexts)
  const query = useQuery(orderHistoryQuery(orderId))
  return (
    <Card title={t.history}>
      <Loaded query={query}>
        {({ events }) => (
          <ol className={css.history}>
            {events.map(
              ({ type, at, revision }) =>
                isShown(type) && (
                  <li key={revision}>
                    {names[type]}{' '}
                    <Muted>
                      <Moment at={at} />
                    </Muted>
                  </li>
                ),
            )}
          </ol>
        )}
      </Loaded>
    </Card>
  )
}
