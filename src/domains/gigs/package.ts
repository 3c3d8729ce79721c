import { Type, type Static } from 'typebox'
import { Fields, personal, refuse } from '#kernel'
import { Name, Paragraphs, Price, RecordedMoney, Text } from '../shared/index.ts'

const terms = {
  /** Days from the order to the delivery. */
  deliveryDays: Type.Integer({ minimum: 1, maximum: 365 }),
  /** Number of revisions that the buyer may ask for. */
  revisions: Type.Integer({ minimum: 0, maximum: 100 }),
}

/** A package of a gig: what a buyer gets for a price. The name is unique within the gig. */
export const Package = Fields({
  name: personal(Name(1, 100)),
  description: personal(Paragraphs(1, 2_000)),
  price: Price,
  ...terms,
})
export type Package = Static<typeof Package>

/** A package in recorded events. */
export const RecordedPackage = Fields({
  name: personal(Text(1, 100)),
  description: personal(Text(1, 2_000)),
  price: RecordedMoney,
  ...terms,
})
export type RecordedPackage = Static<typeof RecordedPackage>

/** Names that differ in case only are the same name to a reader. */
const comparable = ({ name }: Package): string => name.trim().toLowerCase()

/** Returns the refusal of packages that do not fit together; undefined when they do. */
export const faultOf = (packages: readonly Package[]) => {
  if (new Set(packages.map(comparable)).size < packages.length) return refuse('SamePackageName')
  if (new Set(packages.map(({ price }) => price.currency)).size > 1)
    return refuse('MixedPackageCurrencies')
  return undefined
}

/** Returns whether two lists of packages are equal. */
export const samePackages = (
  some: readonly RecordedPackage[],
  others: readonly RecordedPackage[],
): boolean =>
  some.length === others.length &&
  some.every((one, nth) => {
    const other = others[nth]
    return (
      one.name === other?.name &&
      one.description === other.description &&
      one.price.amount === other.price.amount &&
      one.price.currency === other.price.currency &&
      one.deliveryDays === other.deliveryDays &&
      one.revisions === other.revisions
    )
  })

/**
 * Returns the "from" price and the shortest time of delivery of a gig.
 * @param packages at least one; all prices are in one currency
 */
export const termsOf = (packages: readonly RecordedPackage[]) => {
  const [first, ...others] = packages.map(({ price }) => price)
  return {
    from: others.reduce(
      (least, price) => (price.amount < least.amount ? price : least),
      first ?? { amount: 0, currency: 'EUR' },
    ),
    deliveryDays: Math.min(...packages.map(({ deliveryDays }) => deliveryDays)),
  }
}
