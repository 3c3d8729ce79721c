import { texts, useTexts } from '../i18n/language.tsx'

const reasonTexts = texts(
  {
    cancelled_by_buyer: 'The buyer cancelled it.',
    cancelled_by_seller: 'The seller cancelled it.',
    cancelled_by_admin: 'Agora cancelled it.',
    cancelled_by_agreement: 'Both sides agreed to cancel.',
    overdue: 'The buyer cancelled it, as the delivery was late.',
    payment_declined: 'The payment was declined.',
    payment_unavailable: 'The payment provider was not available.',
    payment_timeout: 'The payment took too long.',
    payment_not_captured: 'The payment could not be taken.',
    buyer_left: 'The buyer has left Agora.',
    seller_left: 'The seller has left Agora.',
  },
  {
    cancelled_by_buyer: 'Der Käufer hat sie storniert.',
    cancelled_by_seller: 'Der Verkäufer hat sie storniert.',
    cancelled_by_admin: 'Agora hat sie storniert.',
    cancelled_by_agreement: 'Beide Seiten haben die Stornierung vereinbart.',
    overdue: 'Der Käufer hat sie storniert, da die Lieferung verspätet war.',
    payment_declined: 'Die Zahlung wurde abgelehnt.',
    payment_unavailable: 'Der Zahlungsanbieter war nicht erreichbar.',
    payment_timeout: 'Die Zahlung hat zu lange gedauert.',
    payment_not_captured: 'Die Zahlung konnte nicht eingezogen werden.',
    buyer_left: 'Der Käufer hat Agora verlassen.',
    seller_left: 'Der Verkäufer hat Agora verlassen.',
  },
)

const isKnown = (reason: string): reason is keyof typeof reasonTexts.en => reason in reasonTexts.en

/** Returns why an order was cancelled, in a sentence; undefined for a reason that has none. */
export const useCancelReason = (): ((reason: string | undefined) => string | undefined) => {
  const t = useTexts(reasonTexts)
  return (reason) => (reason !== undefined && isKnown(reason) ? t[reason] : undefined)
}
