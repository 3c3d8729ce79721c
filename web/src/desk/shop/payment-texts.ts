import { texts } from '../../i18n/language.tsx'
import type { PaymentStatus } from './payment-filter.ts'

const en = {
  title: 'Payments and refunds',
  list: 'Payments',
  none: 'There are no such payments.',
  filter: 'Filter',
  status: 'Status',
  all: 'All',
  order: 'Order',
  orderHint: 'Its id; shows the payments of that order alone.',
  show: 'Show',
  amount: 'Amount',
  refunded: 'Refunded',
  at: 'Last change',
  provider: 'Provider',
  refund: 'Refund …',
  refundTitle: 'Refund this payment?',
  refundNow: 'Refund',
  refundText: 'Without an amount, all that remains is refunded, and the order is not shipped.',
  part: 'Amount to refund',
  reason: 'Reason',
  restock: 'Put the pieces back into stock',
  requested: 'The refund is requested.',
  badAmount: 'That is no amount.',
  actions: 'Refund',
  statusName: (status: PaymentStatus): string =>
    ({
      PENDING: 'Pending',
      AUTHORIZED: 'Held',
      COMPLETED: 'Paid',
      FAILED: 'Failed',
      VOIDED: 'Voided',
      REFUND_PENDING: 'Refund under way',
      REFUNDED: 'Refunded',
      PARTLY_REFUNDED: 'Partly refunded',
      REFUND_FAILED: 'Refund failed',
    })[status],
}

const de: typeof en = {
  title: 'Zahlungen und Erstattungen',
  list: 'Zahlungen',
  none: 'Solche Zahlungen gibt es nicht.',
  filter: 'Filtern',
  status: 'Status',
  all: 'Alle',
  order: 'Bestellung',
  orderHint: 'Ihre Nummer; zeigt nur die Zahlungen dieser Bestellung.',
  show: 'Anzeigen',
  amount: 'Betrag',
  refunded: 'Erstattet',
  at: 'Letzte Änderung',
  provider: 'Anbieter',
  refund: 'Erstatten …',
  refundTitle: 'Diese Zahlung erstatten?',
  refundNow: 'Erstatten',
  refundText:
    'Ohne Betrag wird alles erstattet, was noch übrig ist, und die Bestellung nicht versandt.',
  part: 'Zu erstattender Betrag',
  reason: 'Grund',
  restock: 'Die Stücke wieder in den Bestand nehmen',
  requested: 'Die Erstattung ist beauftragt.',
  badAmount: 'Das ist kein Betrag.',
  actions: 'Erstattung',
  statusName: (status) =>
    ({
      PENDING: 'Offen',
      AUTHORIZED: 'Zurückgehalten',
      COMPLETED: 'Bezahlt',
      FAILED: 'Gescheitert',
      VOIDED: 'Aufgehoben',
      REFUND_PENDING: 'Wird erstattet',
      REFUNDED: 'Erstattet',
      PARTLY_REFUNDED: 'Teilweise erstattet',
      REFUND_FAILED: 'Erstattung gescheitert',
    })[status],
}

/** Texts of the desk's page for payments. */
export const paymentTexts = texts(en, de)
