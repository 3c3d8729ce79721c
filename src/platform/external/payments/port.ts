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

/** Why a charge is refused whose attempt was cancelled. */
export const cancelled = 'cancelled'

export type Refund = {
  /** Of the refund, not of the charge. The same key never refunds twice. */
  readonly idempotencyKey: string
  /** Of the charge. */
  readonly providerRef: string
  /** All that the charge took, or a part of it. */
  readonly amount: Amount
}

/** Money that the provider has taken or returned, as its ledger shows it. */
export type LedgerEntry = {
  readonly kind: 'charge' | 'refund'
  /** The idempotency key under which it was asked for. */
  readonly key: string
  /** Of the charge; a refund names the charge that it returns. */
  readonly providerRef: string
  /** Of a refund. */
  readonly refundRef?: string
  readonly amount: Amount
  /** When it was entered, by the provider's clock; ISO 8601, UTC. */
  readonly at: string
}

/** A part of the provider's ledger. */
export type LedgerPage = {
  /** Oldest first. */
  readonly entries: readonly LedgerEntry[]
  /** Where the next page begins; undefined at the end. */
  readonly next?: string
}

/** Takes and returns money, outside of Agora. */
export type PaymentProvider = {
  readonly name: string
  /**
   * Takes money. A card that is declined is an answer, and the same one however often it is asked for; so is a charge
   * whose attempt was cancelled.
   * @throws Unavailable when there was no answer; ask again with the same key
   * @throws IdempotencyMismatch when the key stands for another charge
   */
  readonly charge: (charge: Charge) => Promise<ChargeAnswer>
  /**
   * The outcome of an attempt to charge, without a change to it.
   * @param idempotencyKey of the charge
   * @returns undefined when there is none: the provider does not know the key, or has not decided
   * @throws Unavailable when there was no answer
   */
  readonly outcomeOf: (idempotencyKey: string) => Promise<ChargeAnswer | undefined>
  /**
   * Cancels an attempt to charge that has no outcome. From then on, a charge under this key is refused (`cancelled`),
   * also one that is on its way to the provider: whatever this answers is final.
   * @param idempotencyKey of the charge, which the provider need not know
   * @returns the outcome; that of an attempt which had one before is unchanged
   * @throws Unavailable when there was no answer; ask again
   */
  readonly cancel: (idempotencyKey: string) => Promise<ChargeAnswer>
  /**
   * A page of the charges that took money, and of the refunds. An entry may become visible a moment after its time.
   * @param range.since entries of this time and later; ISO 8601, UTC
   * @param range.after `next` of the page before, with the same `since`
   * @param range.limit at most so many entries; default 500
   * @throws Unavailable when there was no answer
   */
  readonly ledger: (range: {
    readonly since: string
    readonly after?: string | undefined
    readonly limit?: number
  }) => Promise<LedgerPage>
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
