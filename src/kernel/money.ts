/**
 * The currencies of ISO 4217 in which something can be paid, by how many digits their minor unit has. A test compares
 * them with the standard's own list. Left out is what has no minor unit: metals, units of account, codes for tests.
 */
const byDigits: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN
    BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP
    GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
    LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK
    NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER
    ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

const digitsOf = new Map(
  Object.entries(byDigits).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(digits)] as const),
  ),
)

/** The codes of all currencies in which something can be paid (ISO 4217), in no order. */
export const currencies: ReadonlySet<string> = new Set(digitsOf.keys())

/**
 * How many digits the minor unit of a currency has: 2 for EUR, 0 for JPY, 3 for KWD. CLDR, and with it `Intl`, has other
 * numbers for some (IQD, LBP), as it says how people write prices; this is how banks count.
 * @param currency ISO 4217; 2 for one that is not known, as older events may have
 */
export const minorDigitsOf = (currency: string): number => digitsOf.get(currency) ?? 2

/** The currencies whose minor unit does not have two digits, with how many it has. */
export const unusualDigits: ReadonlyMap<string, number> = new Map(
  [...digitsOf].filter(([, digits]) => digits !== 2),
)

/**
 * Money as people read it: `39.98 EUR`, `1999 JPY`, `1.999 KWD`.
 * @param money amount in minor units, a whole number; currency as in ISO 4217
 */
export const moneyInWords = ({
  amount,
  currency,
}: {
  readonly amount: number
  readonly currency: string
}): string => {
  const digits = minorDigitsOf(currency)
  const padded = String(Math.abs(amount)).padStart(digits + 1, '0')
  const [units, rest] = [padded.slice(0, padded.length - digits), padded.slice(-digits)]
  return `${amount < 0 ? '-' : ''}${units}${digits === 0 ? '' : `.${rest}`} ${currency}`
}
