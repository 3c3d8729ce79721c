import { product } from '../../catalog/language.ts'
import type { ProductId } from '../../shared/index.ts'
import type { Parcel } from '../../../platform/external/carriers/port.ts'
import type { Look } from '../../../runtime/resting-on.ts'

/** Pieces of a product that are to be sent. */
export type Goods = { readonly refId: ProductId; readonly quantity: number }

/** Where goods are to be sent: a country (ISO 3166-1 alpha-2) and a postal code there. */
export type Destination = Parcel['destination']

/**
 * Returns goods with the weights of their products, as carriers are asked about them.
 * @param look reads the state of a product
 * @param currency of the costs
 */
export const parcelOf = async (
  look: Look,
  goods: readonly Goods[],
  { country, postalCode }: Destination,
  currency: string,
): Promise<Parcel> => {
  const pieces = await Promise.all(
    goods.map(async ({ refId, quantity }) => {
      const state = await look(product, refId)
      return { weight: state.status === 'listed' ? state.weight : undefined, quantity }
    }),
  )
  return { pieces, destination: { country, postalCode }, currency }
}
