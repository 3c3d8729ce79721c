import { texts, useTexts } from '../i18n/language.tsx'
import { Badge, type Kind } from '../ui/notice.tsx'
import { gigOrderStatus, type GigOrderStatus } from './gig-order-status.ts'
import type { Order } from './order-rights.ts'

const statusTexts = texts(
  {
    PENDING: 'Payment pending',
    IN_PROGRESS: 'In progress',
    DELIVERED: 'Delivered',
    IN_REVISION: 'In revision',
    COMPLETED: 'Completed',
    CANCELLED: 'Cancelled',
    REFUNDED: 'Refunded',
    PARTLY_REFUNDED: 'Partly refunded',
  },
  {
    PENDING: 'Zahlung ausstehend',
    IN_PROGRESS: 'In Arbeit',
    DELIVERED: 'Geliefert',
    IN_REVISION: 'In Überarbeitung',
    COMPLETED: 'Abgeschlossen',
    CANCELLED: 'Storniert',
    REFUNDED: 'Erstattet',
    PARTLY_REFUNDED: 'Teilweise erstattet',
  },
)

const kinds: Readonly<Record<GigOrderStatus, Kind | 'neutral'>> = {
  PENDING: 'neutral',
  IN_PROGRESS: 'info',
  DELIVERED: 'warn',
  IN_REVISION: 'info',
  COMPLETED: 'good',
  CANCELLED: 'bad',
  REFUNDED: 'neutral',
  PARTLY_REFUNDED: 'neutral',
}

/** Returns the names of the statuses of orders of gigs. */
export const useStatusTexts = (): Readonly<Record<GigOrderStatus, string>> => useTexts(statusTexts)

/** The status of an order of a gig. */
export const OrderStatus = ({ order: { status } }: { readonly order: Pick<Order, 'status'> }) => {
  const t = useTexts(statusTexts)
  const known = gigOrderStatus(status)
  return known === undefined ? null : <Badge kind={kinds[known]}>{t[known]}</Badge>
}
