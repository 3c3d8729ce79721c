import type { StateOf } from '#kernel'
import { product } from '../../catalog/language.ts'
import type { OrderItem } from '../language.ts'
import { inOneLine } from '../../shared/index.ts'
import type { Look } from '../../../runtime/resting-on.ts'
import { Problem } from '../../../serving/problem.ts'

type Listed = Extract<StateOf<typeof product>, { readonly status: 'listed' }>

/** What somebody wants to order; what it is called and costs is not theirs to say. */
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
 * Names and prices from the catalogue, looked up in the products' own streams: a read model may lag behind a price that
 * was acknowledged, here or by another process.
 * @param look looks up the state of a product
 * @param wanted what is ordered
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
    // Older products may be called anything.
    const name = inOneLine(listed.name) || refId
    return { kind, refId, name, quantity, price: listed.price }
  })
}
