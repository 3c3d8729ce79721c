import type { PaymentProvider } from '../../../platform/external/payments/port.ts'

/**
 * Returns the receipt of a charge or an authorisation, as the commands record it.
 * @param attempt at the payment that the provider has answered
 */
export const receiptFrom = (
  { name: provider }: Pick<PaymentProvider, 'name'>,
  { providerRef }: { readonly providerRef: string },
  attempt: number,
) => ({ provider, providerRef, attempt })

/** Returns the command that records a charge; its parameters are those of `receiptFrom`. */
export const completionFrom = (...receipt: Parameters<typeof receiptFrom>) => ({
  type: 'CompletePayment' as const,
  data: receiptFrom(...receipt),
})
