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

/** Outcome of an authorisation: the amount is held, with the provider's reference, or declined, with a reason. */
export type AuthorisationAnswer =
  | { readonly authorised: true; readonly providerRef: string }
  | { readonly authorised: false; readonly reason: string }

/** Outcome of a release: nothing is held any more, or the amount was captured before. */
export type ReleaseAnswer =
  | { readonly captured: false }
  | { readonly captured: true; readonly providerRef: string }

/** Reason of a charge that was cancelled before it had an outcome, and of a released authorisation. */
export const cancelled = 'cancelled'

/** Reason why an unknown or declined authorisation is not captured. */
export const notAuthorised = 'not_authorised'

/** A refund of a charge. */
export type Refund = {
  /** Key of the refund, not of the charge. A key is refunded at most once. */
  readonly idempotencyKey: string
  /** The provider's reference of the charge. */
  readonly providerRef: string
  /** The whole amount of the charge, or a part of it. */
  readonly amount: Amount
}

/** An entry of the provider's ledger. */
export type LedgerEntry = {
  /**
   * `charge`: money was taken, at once or by the capture of an authorisation, whose key and reference it has.
   * `authorisation`: an amount was held. `release`: it was released without a capture.
   */
  readonly kind: 'charge' | 'refund' | 'authorisation' | 'release'
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

/** An external provider that charges cards, at once or after an authorisation, and refunds charges. */
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
   * Authorises a charge: its amount is held until it is captured or released. A declined card is an answer, and each
   * repetition gets the same one.
   * @throws Unavailable without an answer; retry with the same key
   * @throws IdempotencyMismatch when the key was used for another authorisation
   */
  readonly authorise: (charge: Charge) => Promise<AuthorisationAnswer>
  /**
   * Returns the outcome of an authorisation, without changing it; one that was captured is authorised.
   * @param idempotencyKey of the authorisation
   * @returns undefined without an outcome: the provider does not know the key, or has not decided
   * @throws Unavailable without an answer
   */
  readonly authorisationOf: (idempotencyKey: string) => Promise<AuthorisationAnswer | undefined>
  /**
   * Captures the whole amount of an authorisation, at most once: a repetition gets the first answer. From then on it is a
   * charge under the same key. A released, declined or unknown authorisation is not captured.
   * @param idempotencyKey of the authorisation
   * @throws Unavailable without an answer; retry
   */
  readonly capture: (idempotencyKey: string) => Promise<ChargeAnswer>
  /**
   * Releases an authorisation that is not captured. From then on, an authorisation under this key is declined
   * (`cancelled`), also one that is on its way to the provider.
   * @param idempotencyKey of the authorisation; the provider need not know it
   * @throws Unavailable without an answer; retry
   */
  readonly release: (idempotencyKey: string) => Promise<ReleaseAnswer>
  /**
   * Returns a page of the paid charges, refunds, authorisations and releases. An entry may become visible a moment after its time.
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
