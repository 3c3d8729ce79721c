/** Money in minor units. */
export type Amount = { readonly amount: number; readonly currency: string }

/** A charge to a card. */
export type Charge = {
  /** A key is charged at most once: a repetition gets the first answer. */
  readonly idempotencyKey: string
  /** The provider's token of the card, never a card number. */
  readonly token: string
  readonly amount: Amount
}

/** Outcome of a charge: paid, with the provider's reference, or declined, with a reason. */
export type ChargeAnswer =
  | { readonly paid: true; readonly providerRef: string }
  | { readonly paid: false; readonly reason: string }

/** Reason of a charge that was cancelled before it had an outcome. */
export const cancelled = 'cancelled'

/** A refund of a charge. */
export type Refund = {
  /** Key of the refund, not of the charge. A key is refunded at most once. */
  readonly idempotencyKey: string
  /** The provider's reference of the charge. */
  readonly providerRef: string
  /** The whole amount of the charge, or a part of it. */
  readonly amount: Amount
}

/** A charge or refund in the provider's ledger. */
export type LedgerEntry = {
  readonly kind: 'charge' | 'refund'
  /** The idempotency key of the request. */
  readonly key: string
  /** Reference of the charge; that of a refund is the charge it returns. */
  readonly providerRef: string
  /** Reference of the refund; refunds only. */
  readonly refundRef?: string
  readonly amount: Amount
  /** Time of the entry, by the provider's clock; ISO 8601, UTC. */
  readonly at: string
}

/** A page of the provider's ledger. */
export type LedgerPage = {
  /** Oldest first. */
  readonly entries: readonly LedgerEntry[]
  /** Cursor of the next page; undefined at the end. */
  readonly next?: string
}

/** An external provider that charges cards and refunds charges. */
export type PaymentProvider = {
  readonly name: string
  /**
   * Charges a card. A declined card is an answer, and each repetition gets the same one; so is a cancelled charge.
   * @throws Unavailable without an answer; retry with the same key
   * @throws IdempotencyMismatch when the key was used for another charge
   */
  readonly charge: (charge: Charge) => Promise<ChargeAnswer>
  /**
   * Returns the outcome of a charge, without changing it.
   * @param idempotencyKey of the charge
   * @returns undefined without an outcome: the provider does not know the key, or has not decided
   * @throws Unavailable without an answer
   */
  readonly outcomeOf: (idempotencyKey: string) => Promise<ChargeAnswer | undefined>
  /**
   * Cancels a charge that has no outcome. From then on, a charge under this key is declined (`cancelled`), also one that is
   * on its way to the provider: the returned outcome is final.
   * @param idempotencyKey of the charge; the provider need not know it
   * @returns the outcome; one that existed before is unchanged
   * @throws Unavailable without an answer; retry
   */
  readonly cancel: (idempotencyKey: string) => Promise<ChargeAnswer>
  /**
   * Returns a page of the paid charges and the refunds. An entry may become visible a moment after its time.
   * @param range.since time of the first entry; ISO 8601, UTC
   * @param range.after `next` of the page before, with the same `since`
   * @param range.limit limit of entries; default 500
   * @throws Unavailable without an answer
   */
  readonly ledger: (range: {
    readonly since: string
    readonly after?: string | undefined
    readonly limit?: number
  }) => Promise<LedgerPage>
  /**
   * Refunds a charge, in whole or in part.
   * @throws Unavailable without an answer; retry with the same key
   * @throws IdempotencyMismatch when the key was used for another refund
   * @throws RefundRefused when the charge does not exist, or less than the amount is left of it
   */
  readonly refund: (refund: Refund) => Promise<{ readonly refundRef: string }>
}

/** An idempotency key that was used before with other content. */
export class IdempotencyMismatch extends Error {
  override name = 'IdempotencyMismatch'
  constructor(key: string) {
    super(`The idempotency key ${key} was used for another payment; use a new key for a new one`)
  }
}

/** A refund that is impossible, however often it is retried. */
export class RefundRefused extends Error {
  override name = 'RefundRefused'
}
