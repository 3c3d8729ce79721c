import type { Amount } from '../payments/port.ts'

/** What is to be sent, and where to. */
export type Parcel = {
  readonly pieces: readonly {
    /** Of one piece, in grams; undefined where it is unknown. */
    readonly weight: number | undefined
    readonly quantity: number
  }[]
  readonly destination: {
    /** Code of the country in ISO 3166-1 alpha-2. */
    readonly country: string
    readonly postalCode: string
  }
  /** Currency of the costs (ISO 4217). */
  readonly currency: string
}

/** An offer of a carrier to deliver a parcel. */
export type Rate = {
  /** Name of the carrier, as in the path of its webhooks: `post`. */
  readonly carrier: string
  /** Name of the method: `standard`. */
  readonly method: string
  readonly cost: Amount
  /** Usual time of delivery, in days. */
  readonly days: number
}

/** The rates of all carriers. */
export type CarrierRates = {
  /**
   * Returns the offers for a parcel, cheapest first, at most one for each method of a carrier; the same ones for the same parcel, until the
   * carriers change their prices.
   * @returns none where nobody delivers, and for a currency without prices
   * @throws Unavailable without an answer; retry
   */
  readonly ratesFor: (parcel: Parcel) => Promise<readonly Rate[]>
  /**
   * Returns the carrier of a method; undefined when no carrier has the method.
   * @throws Unavailable without an answer; retry
   */
  readonly carrierOf: (method: string) => Promise<string | undefined>
}
