import { Type } from 'typebox'
import { patternMessage } from '#kernel'
import type { Look } from '../../../runtime/resting-on.ts'
import type { Ports } from '../../../serving/ports.ts'
import { invalid } from '../../../serving/problem.ts'
import { parcelOf, type Destination, type Goods } from './parcels.ts'
import { quoteIdsOf, type Offered } from './quote-ids.ts'

/** How long a quote is valid, in ms. */
const quoteLife = 30 * 60_000

/** Id of a quote, as requests hold it. */
export const QuoteId = patternMessage(
  'must be the id of a quote',
  Type.String({
    pattern: '^[A-Za-z0-9_-]{44,500}$',
    description: 'Id of a quote: from `POST /shipping/quotes`, for the same items and address.',
  }),
)

/** A delivery as an order names it. */
export type Delivery = Pick<Offered, 'carrier' | 'method' | 'cost'>

type Quoting = Pick<Ports, 'carriers' | 'clock' | 'keys'>

/**
 * Returns quotes for goods, cheapest first.
 * @param look reads the state of a product
 * @param currency of the goods' prices
 * @throws Unavailable when the carriers do not answer
 */
export const quotesFor = async (
  ports: Quoting,
  look: Look,
  goods: readonly Goods[],
  destination: Destination,
  currency: string,
) => {
  const rates = await ports.carriers.ratesFor(await parcelOf(look, goods, destination, currency))
  // Ids hold whole seconds.
  const expiresAt = Math.floor((ports.clock().getTime() + quoteLife) / 1_000) * 1_000
  return rates.map(({ carrier, method, cost, days }) => ({
    id: quoteIdsOf(ports).idOf({ carrier, method, cost, expiresAt }, goods, destination),
    carrier,
    method,
    cost: { ...cost },
    days,
    expiresAt: new Date(expiresAt).toISOString(),
  }))
}

const field = 'shipping.quoteId'

/**
 * Returns the delivery that a quote offers, its cost calculated again: a quote is worth nothing once the carriers ask
 * another price, or a product has another weight.
 * @throws Problem 400 naming `shipping.quoteId` when it is forged, expired, outdated, or for other goods or another address
 * @throws Unavailable when the carriers do not answer
 */
export const deliveryOf = async (
  ports: Quoting,
  look: Look,
  quoteId: string,
  goods: readonly Goods[],
  destination: Destination,
): Promise<Delivery> => {
  const offer = quoteIdsOf(ports).offerIn(quoteId, goods, destination)
  if (!offer) throw invalid(field, 'must be the id of a quote for these items and this address')
  const { carrier, method, cost, expiresAt } = offer
  if (expiresAt <= ports.clock().getTime())
    throw invalid(field, 'has expired; ask for quotes again')
  const parcel = await parcelOf(look, goods, destination, cost.currency)
  const isOffered = (await ports.carriers.ratesFor(parcel)).some(
    (rate) =>
      rate.carrier === carrier && rate.method === method && rate.cost.amount === cost.amount,
  )
  if (!isOffered) throw invalid(field, 'is outdated, as the cost has changed; ask for quotes again')
  return { carrier, method, cost }
}
