/**
 * Currencies of ISO 4217 that are accepted for payments, by the number of digits of their minor unit. A test compares
 * them with the standard's list. Codes without a minor unit are left out: metals, units of account, test codes.
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

/** Codes of all accepted currencies (ISO 4217), unordered. */
export const currencies: ReadonlySet<string> = new Set(digitsOf.keys())

/**
 * Returns the number of digits of a currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD. CLDR, and with it `Intl`, has
 * other numbers for some (IQD, LBP), as it describes how people write prices; banks count by ISO 4217.
 * @param currency ISO 4217 code; an unknown one, which older events may have, gives 2
 */
export const minorDigitsOf = (currency: string): number => digitsOf.get(currency) ?? 2

/** Currencies whose minor unit does not have two digits, with their number of digits. */
export const unusualDigits: ReadonlyMap<string, number> = new Map(
  [...digitsOf].filter(([, digits]) => digits !== 2),
)

/**
 * Formats money for people: `39.98 EUR`, `1999 JPY`, `1.999 KWD`.
 * @param money integer amount in minor units; currency as in ISO 4217
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
