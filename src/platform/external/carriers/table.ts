import type { CarrierRates, Parcel, Rate } from './port.ts'
import type { RateTable, ZoneRates } from './rate-table.ts'

/** Greatest cost of a delivery, in minor units: the greatest value of `numeric(12,2)`. */
const maxCost = 999_999_999_999

/** Returns a postal code in the form that tables have: `n1 9gu` is `N19GU`. */
const plainCode = (postalCode: string): string => postalCode.replaceAll(/[\s-]/g, '').toUpperCase()

const isIn = (
  { country, postalCode }: Parcel['destination'],
  { countries, postalCodes }: RateTable['zones'][number],
): boolean =>
  (countries?.includes(country) ?? true) &&
  (postalCodes?.some((start) => plainCode(postalCode).startsWith(start)) ?? true)

/** Returns the cost of goods in minor units: of full parcels, and of one with the rest; undefined without a price. */
const costOf = ({ upTo }: ZoneRates, weight: number, currency: string): number | undefined => {
  const heaviest = upTo.at(-1)
  if (!heaviest) return undefined
  const full = Math.max(0, Math.ceil(weight / heaviest.weight) - 1)
  const rest = weight - full * heaviest.weight
  const last = upTo.find((bracket) => rest <= bracket.weight)
  const [each, final] = [heaviest.price[currency], last?.price[currency]]
  return each === undefined || final === undefined ? undefined : full * each + final
}

/** Rates from a table, without any carrier's answer. */
export const tableRates = ({ unknownWeight, zones, methods }: RateTable): CarrierRates => ({
  ratesFor: ({ pieces, destination, currency }) => {
    const zone = zones.find((one) => isIn(destination, one))
    const weight = pieces.reduce(
      (sum, piece) => sum + piece.quantity * (piece.weight ?? unknownWeight),
      0,
    )
    const rates = methods.flatMap(({ carrier, method, zones: of }): Rate[] => {
      const rated = zone && of[zone.name]
      const amount = rated && costOf(rated, weight, currency)
      return rated === undefined || amount === undefined || amount > maxCost
        ? []
        : [{ carrier, method, cost: { amount, currency }, days: rated.days }]
    })
    return Promise.resolve(rates.toSorted((a, b) => a.cost.amount - b.cost.amount))
  },
  carrierOf: (wanted) => Promise.resolve(methods.find(({ method }) => method === wanted)?.carrier),
})
