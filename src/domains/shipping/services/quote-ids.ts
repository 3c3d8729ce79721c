import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import { signer } from '../../../platform/security/signed-text.ts'
import type { Rate } from '../../../platform/external/carriers/port.ts'
import { oncePerPorts } from '../../../serving/ports.ts'
import type { Destination, Goods } from './parcels.ts'

/** Carrier, method, cost in minor units, currency, and end of the validity in seconds since 1970. */
const Offer = Type.Tuple([
  Type.String(),
  Type.String(),
  Type.Integer({ minimum: 0 }),
  Type.String(),
  Type.Integer(),
])

/** An offer that a quote names. */
export type Offered = Omit<Rate, 'days'> & {
  /** In ms since 1970. */
  readonly expiresAt: number
}

/** Length of a signature, in characters. */
const signatureLength = 43

/** Returns the same text for the same goods and destination, however they are written and grouped. */
const subjectOf = (goods: readonly Goods[], { country, postalCode }: Destination): string => {
  const pieces = new Map<string, number>()
  for (const { refId, quantity } of goods) {
    const id = refId.toLowerCase()
    pieces.set(id, (pieces.get(id) ?? 0) + quantity)
  }
  const code = postalCode.replaceAll(/[\s-]/g, '').toUpperCase()
  return JSON.stringify([[...pieces].toSorted(([a], [b]) => (a < b ? -1 : 1)), country, code])
}

const quoteIds = ({ keys: { secretFor } }: { readonly keys: Pick<SigningKeys, 'secretFor'> }) => {
  const { sign, isSigned } = signer(secretFor('shipping-quotes'))
  return {
    /** Returns the id of an offer for goods and their destination. */
    idOf: (
      { carrier, method, cost, expiresAt }: Offered,
      goods: readonly Goods[],
      to: Destination,
    ): string => {
      const offer: Static<typeof Offer> = [
        carrier,
        method,
        cost.amount,
        cost.currency,
        Math.floor(expiresAt / 1_000),
      ]
      const text = JSON.stringify(offer)
      return sign(text, subjectOf(goods, to)) + Buffer.from(text).toString('base64url')
    },

    /** Returns the offer of an id; undefined for a forged id, and for one of other goods or another destination. */
    offerIn: (id: string, goods: readonly Goods[], to: Destination): Offered | undefined => {
      const text = Buffer.from(id.slice(signatureLength), 'base64url').toString('utf8')
      if (!isSigned(id.slice(0, signatureLength), text, subjectOf(goods, to))) return undefined
      const offer: unknown = JSON.parse(text)
      if (!Check(Offer, offer)) return undefined
      const [carrier, method, amount, currency, seconds] = offer
      return { carrier, method, cost: { amount, currency }, expiresAt: seconds * 1_000 }
    },
  }
}

/**
 * Ids of quotes. Each holds its offer, signed together with the goods and the destination, so that a quote needs no
 * record, and no address is in it.
 */
export const quoteIdsOf = oncePerPorts(quoteIds)
