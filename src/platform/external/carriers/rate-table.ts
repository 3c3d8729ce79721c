/** A table of rates. Names are in lower case, weights in grams, prices in minor units by currency. */
export type RateTable = {
  /** Weight of a piece whose weight is unknown. */
  readonly unknownWeight: number
  /** The first zone that a destination is in applies. */
  readonly zones: readonly {
    readonly name: string
    /** Codes of countries (ISO 3166-1 alpha-2); left out for all others. */
    readonly countries?: readonly string[]
    /** Beginnings of postal codes; left out for all. */
    readonly postalCodes?: readonly string[]
  }[]
  readonly methods: readonly {
    readonly carrier: string
    readonly method: string
    readonly zones: Readonly<Record<string, ZoneRates>>
  }[]
}

/** Rates of a method in a zone. */
export type ZoneRates = {
  /** Usual time of delivery, in days. */
  readonly days: number
  /** Lightest first; heavier goods are sent in several parcels. */
  readonly upTo: readonly {
    readonly weight: number
    readonly price: Readonly<Record<string, number>>
  }[]
}
