import { Type, type Static } from 'typebox'
import { Fields, isRefusal, type StateOf } from '#kernel'
import { product } from '../catalog/language.ts'
import { stock } from './language.ts'
import { ProductId, Quantity, Reason } from '../shared/index.ts'
import { lookAtPresent, restingOn, type Look } from '../../runtime/resting-on.ts'
import { inventory as stocks, products } from '../../projections/index.ts'
import { Fresh, minPositionOf } from '../../serving/lists.ts'
import { invalid, notFound } from '../../serving/problem.ts'
import { refusalProblem } from '../../serving/refusals.ts'
import { route } from '../../serving/route.ts'

const params = Fields({ productId: ProductId })

const Stock = Type.Object({
  productId: ProductId,
  quantity: Type.Integer({ description: 'All pieces, reserved ones included' }),
  reserved: Type.Integer({ description: 'Pieces reserved for orders' }),
  available: Type.Integer({ description: 'Pieces that can be ordered' }),
})

const { quantity: Count } = stock.commands.SetStock.properties
const { delta: Delta } = stock.commands.AdjustStock.properties

/** Exactly one of `quantity` and `delta`, checked in code: a schema's errors for that are hard to understand. */
const Recount = Fields({
  quantity: Type.Optional(Count),
  delta: Type.Optional(Delta),
  reason: Reason,
})

const commandOf = ({ quantity, delta, reason }: Static<typeof Recount>) => {
  if (quantity !== undefined && delta === undefined)
    return { type: 'SetStock' as const, data: { quantity, reason } }
  if (delta !== undefined && quantity === undefined)
    return { type: 'AdjustStock' as const, data: { delta, reason } }
  throw invalid(
    quantity === undefined ? 'quantity' : 'delta',
    quantity === undefined
      ? 'is required; or send delta instead'
      : 'cannot be sent together with quantity; send one of them',
  )
}

const mustBeListed = ({ status }: StateOf<typeof product>): void => {
  if (status !== 'listed') throw notFound('product')
}

/** Reads the product's own stream, as a read model may lag behind acknowledged appends. @throws Problem 404 */
const mustBeOnSale = (look: Look, productId: ProductId): void | Promise<void> => {
  const found = look(product, productId)
  return found instanceof Promise ? found.then(mustBeListed) : mustBeListed(found)
}

/** Routes of the stock. */
export const routes = [
  route({
    method: 'GET',
    url: '/inventory/:productId',
    access: 'public',
    operationId: 'getStock',
    summary: 'The pieces of a product',
    shared: [stocks, products],
    params,
    query: Fresh,
    data: Stock,
    problems: [404],
    handle: async ({ params: { productId }, query }, { executor, readModels }) => {
      const found = await readModels.get(stocks, productId, minPositionOf(query))
      const { document, position } = found
      if (document) {
        const { quantity, reserved, available, revision } = document
        return { data: { productId, quantity, reserved, available }, position, revision }
      }
      await mustBeOnSale(lookAtPresent(executor), productId)
      return { data: { productId, quantity: 0, reserved: 0, available: 0 }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/inventory/check',
    access: 'public',
    operationId: 'checkStock',
    summary: 'Whether that many pieces are available now',
    description: 'This reserves nothing; pieces are reserved by orders only.',
    body: Fields({
      items: Type.Array(Fields({ productId: ProductId, quantity: Quantity }), {
        minItems: 1,
        maxItems: 100,
      }),
    }),
    example: { items: [{ productId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11', quantity: 2 }] },
    data: Type.Object({
      available: Type.Boolean(),
      items: Type.Array(
        Type.Object({
          productId: ProductId,
          requested: Type.Integer(),
          available: Type.Integer(),
          ok: Type.Boolean(),
        }),
      ),
    }),
    handle: async ({ body: { items } }, { readModels }) => {
      const wanted = new Map<ProductId, number>()
      for (const { productId, quantity } of items)
        wanted.set(productId, (wanted.get(productId) ?? 0) + quantity)
      const { documents, position } = await readModels.find(stocks, {
        where: { id: { in: [...wanted.keys()] } },
        limit: wanted.size,
      })
      const left = new Map(documents.map(({ productId, available }) => [productId, available]))
      const checked = [...wanted].map(([productId, requested]) => {
        const available = left.get(productId) ?? 0
        return { productId, requested, available, ok: available >= requested }
      })
      return { data: { available: checked.every(({ ok }) => ok), items: checked }, position }
    },
  }),

  route({
    method: 'PUT',
    url: '/inventory/:productId',
    access: 'admin',
    operationId: 'updateStock',
    summary: 'Set or adjust the number of pieces',
    params,
    body: Recount,
    example: { quantity: 100, reason: 'delivery' },
    data: Stock,
    problems: [404, 409],
    guarded: true,
    handle: async ({ params: { productId }, body, origin, expecting }, { executor }) => {
      const command = commandOf(body)
      const answer = await restingOn(
        executor,
        (look) => mustBeOnSale(look, productId),
        (_, bases) => executor.execute(stock, productId, command, origin, { ...expecting, bases }),
      )
      if (isRefusal(answer)) throw refusalProblem(stock, answer)
      const { state, position, revision } = answer
      const { quantity, reserved } = state
      return {
        data: { productId, quantity, reserved, available: quantity - reserved },
        position,
        revision,
      }
    },
  }),
]
