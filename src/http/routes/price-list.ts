import type { DocumentOf } from '#kernel'
import type { OrderItem } from '../../domains/ordering/index.ts'
import { inOneLine, type ProductId } from '../../domains/shared/index.ts'
import { coalesce } from '../../platform/coalesce.ts'
import type { ReadModels } from '../../platform/runtime/reading.ts'
import { products } from '../../projections/index.ts'
import { Problem } from '../problem.ts'

type Product = DocumentOf<typeof products>

/** What somebody wants to order; what it is called and costs is not theirs to say. */
export type Wanted = Pick<OrderItem, 'kind' | 'refId' | 'quantity'>

/** Names and prices from the catalogue. */
export type PriceList = (wanted: readonly Wanted[]) => Promise<OrderItem[]>

const missing = (wanted: readonly Wanted[], known: ReadonlyMap<string, Product>): Problem => {
  const errors = wanted.flatMap(({ refId }, line) =>
    known.has(refId)
      ? []
      : [{ field: `items[${line}].refId`, message: 'is no product that is on sale' }],
  )
  const sentences = errors.map(({ field, message }) => `${field} ${message}`)
  return new Problem(404, 'no_such_product', `${sentences.join('; ')}.`, errors)
}

/**
 * Looks products up. Orders that come at the same time share one query; a product that is not there yet may have been
 * put on sale a moment ago, so the catalogue is asked again once it has seen everything recorded.
 */
export const priceList = (readModels: ReadModels): PriceList => {
  const find = async (ids: ReadonlySet<ProductId>): Promise<Map<string, Product>> => {
    const { documents } = await readModels.find(products, {
      where: { id: { in: [...ids] } },
      // A page that is not full need not be counted.
      limit: ids.size + 1,
    })
    return new Map(documents.map((product) => [product.id, product]))
  }

  // Two lanes, so that whoever asks while one query is under way need not wait for it.
  const lookUp = coalesce<readonly Wanted[], ReadonlyMap<string, Product>>(
    async (orders) => {
      const found = await find(new Set(orders.flat().map(({ refId }) => refId)))
      return orders.map(() => found)
    },
    { lanes: 2 },
  )

  return async (wanted) => {
    let known = await lookUp(wanted)
    if (!wanted.every(({ refId }) => known.has(refId))) {
      await readModels.catchUp(products)
      known = await find(new Set(wanted.map(({ refId }) => refId)))
    }
    return wanted.map(({ kind, refId, quantity }) => {
      const product = known.get(refId)
      if (!product) throw missing(wanted, known)
      // Older products may be called anything.
      const name = inOneLine(product.name) || refId
      return { kind, refId, name, quantity, price: product.price }
    })
  }
}
