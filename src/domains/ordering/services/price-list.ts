import type { StateOf } from '#kernel'
import { product } from '../../catalog/language.ts'
import type { OrderItem } from '../language.ts'
import { inOneLine } from '../../shared/index.ts'
import type { Look } from '../../../runtime/resting-on.ts'
import { Problem } from '../../../serving/problem.ts'

type Listed = Extract<StateOf<typeof product>, { readonly status: 'listed' }>

/** A line of a basket; name and price come from the catalogue. */
export type Wanted = Pick<OrderItem, 'kind' | 'refId' | 'quantity'>

const missing = (wanted: readonly Wanted[], onSale: ReadonlyMap<string, Listed>): Problem => {
  const errors = wanted.flatMap(({ refId }, line) =>
    onSale.has(refId)
      ? []
      : [{ field: `items[${line}].refId`, message: 'is no product that is on sale' }],
  )
  const sentences = errors.map(({ field, message }) => `${field} ${message}`)
  return new Problem(404, 'no_such_product', `${sentences.join('; ')}.`, errors)
}

/**
 * Returns the lines of a basket with names and prices from the products' own streams, as a read model may lag behind an
 * acknowledged price.
 * @param look reads the state of a product
 * @param wanted lines of the basket
 * @throws Problem 404 naming the lines whose product is not on sale
 * @throws Unavailable when the log is away
 */
export const priced = async (look: Look, wanted: readonly Wanted[]): Promise<OrderItem[]> => {
  const onSale = new Map<string, Listed>()
  await Promise.all(
    [...new Set(wanted.map(({ refId }) => refId))].map(async (id) => {
      const state = await look(product, id)
      if (state.status === 'listed') onSale.set(id, state)
    }),
  )
  return wanted.map(({ kind, refId, quantity }) => {
    const listed = onSale.get(refId)
    if (!listed) throw missing(wanted, onSale)
    // Names of older products may hold any characters.
    const name = inOneLine(listed.name) || refId
    return { kind, refId, name, quantity, price: listed.price }
  })
}
