/** Money in minor units. */
export type Amount = { readonly amount: number; readonly currency: string }

export type Charge = {
  /** The same key never charges twice: it gets the first answer again. */
  readonly idempotencyKey: string
  /** Stands for the card; from the provider, never a card number. */
  readonly token: string
  readonly amount: Amount
}

export type ChargeAnswer =
  | { readonly paid: true; readonly providerRef: string }
  | { readonly paid: false; readonly reason: string }

/** Takes and returns money, outside of Agora. */
export type PaymentProvider = {
  readonly name: string
  /** @throws Unavailable when there was no answer; ask again with the same key */
  readonly charge: (charge: Charge) => Promise<ChargeAnswer>
  /**
   * Returns what a charge took.
   * @param idempotencyKey of the refund
   * @throws Unavailable when there was no answer; ask again with the same key
   */
  readonly refund: (refund: {
    readonly idempotencyKey: string
    readonly providerRef: string
    readonly amount: Amount
  }) => Promise<{ readonly refundRef: string }>
}
