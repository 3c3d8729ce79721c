import type { PaymentProvider } from './port.ts'

/** A provider in its test mode. */
export type PaymentFixture = AsyncDisposable & {
  readonly provider: PaymentProvider
  /** Opens the same provider in another process. */
  readonly another: () => Promise<PaymentProvider>
  /** Tokens of cards that pay, that are declined, and that have insufficient funds. */
  readonly tokens: { readonly ok: string; readonly declined: string; readonly poor: string }
  /** Returns the sum of the charges less the refunds, in minor units. */
  readonly balance: () => Promise<number>
}
