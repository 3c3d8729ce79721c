import { useTexts } from '../i18n/language.tsx'
import { Badge, type Kind } from '../ui/notice.tsx'
import type { OrderStatus } from './order-queries.ts'
import { statusTexts } from './order-texts.ts'

const kinds: Partial<Readonly<Record<OrderStatus, Kind>>> = {
  CONFIRMED: 'good',
  SHIPPED: 'good',
  DELIVERED: 'good',
  COMPLETED: 'good',
  CANCELLED: 'warn',
  REJECTED: 'bad',
  REFUNDED: 'warn',
  PARTLY_REFUNDED: 'warn',
  RETURNED: 'warn',
}

/** The status of an order in a word. */
export const StatusBadge = ({ status }: { readonly status: OrderStatus }) => (
  <Badge kind={kinds[status] ?? 'info'}>{useTexts(statusTexts)[status]}</Badge>
)
