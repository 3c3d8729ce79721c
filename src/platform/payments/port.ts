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

export type Refund = {
  /** Of the refund, not of the charge. The same key never refunds twice. */
  readonly idempotencyKey: string
  /** Of the charge. */
  readonly providerRef: string
  /** All that the charge took, or a part of it. */
  readonly amount: Amount
}

/** Takes and returns money, outside of Agora. */
export type PaymentProvider = {
  readonly name: string
  /**
   * Takes money. A card that is declined is an answer, and the same one however often it is asked for.
   * @throws Unavailable when there was no answer; ask again with the same key
   * @throws IdempotencyMismatch when the key stands for another charge
   */
  readonly charge: (charge: Charge) => Promise<ChargeAnswer>
  /**
   * Returns what a charge took.
   * @throws Unavailable when there was no answer; ask again with the same key
   * @throws IdempotencyMismatch when the key stands for another refund
   * @throws RefundRefused when no such money was taken, or it was returned already
   */
  readonly refund: (refund: Refund) => Promise<{ readonly refundRef: string }>
}

/** A key that was used before, for something else. */
export class IdempotencyMismatch extends Error {
  override name = 'IdempotencyMismatch'
  constructor(key: string) {
    super(`The key ${key} stands for another payment; use a new key for a new one`)
  }
}

/** Money that cannot be returned, however often it is tried. */
export class RefundRefused extends Error {
  override name = 'RefundRefused'
}
