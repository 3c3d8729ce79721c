import { Type, type Static } from 'typebox'
import { Fields, isRefusal, type StateOf } from '#kernel'
import { product } from '../../domains/catalog/index.ts'
import { stock } from '../../domains/inventory/index.ts'
import { ProductId, Quantity, Reason } from '../../domains/shared/index.ts'
import { lookAtPresent, restingOn, type Look } from '../../platform/runtime/resting-on.ts'
import { inventory as stocks, products } from '../../projections/index.ts'
import { Fresh, minPositionOf } from '../lists.ts'
import { invalid, notFound } from '../problem.ts'
import { refusalProblem } from '../refusals.ts'
import type { Serve } from '../route.ts'
import type { RouteContext } from './context.ts'

const params = Fields({ productId: ProductId })

const Stock = Type.Object({
  productId: ProductId,
  quantity: Type.Integer({ description: 'All pieces there are' }),
  reserved: Type.Integer({ description: 'Of them, held for orders' }),
  available: Type.Integer({ description: 'Of them, left for others' }),
})

const { quantity: Count } = stock.commands.SetStock.properties
const { delta: Delta } = stock.commands.AdjustStock.properties

/** Exactly one of the two, which a schema could only say in terms that no person understands. */
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

/** How many pieces there are. */
export const inventory = (serve: Serve, { executor, readModels }: RouteContext): void => {
  const mustBeListed = ({ status }: StateOf<typeof product>): void => {
    if (status !== 'listed') throw notFound('product')
  }
  /** Asks the product's own stream: a read model may lag behind what was acknowledged. @throws Problem 404 */
  const mustBeOnSale = (look: Look, productId: ProductId): void | Promise<void> => {
    const found = look(product, productId)
    return found instanceof Promise ? found.then(mustBeListed) : mustBeListed(found)
  }

  serve(
    {
      method: 'GET',
      url: '/inventory/:productId',
      access: 'public',
      operationId: 'getStock',
      summary: 'How many pieces of a product there are',
      tag: 'inventory',
      shared: [stocks, products],
      params,
      query: Fresh,
      data: Stock,
      problems: [404],
    },
    async ({ params: { productId }, query }) => {
      const found = await readModels.get(stocks, productId, minPositionOf(query))
      const { document, position } = found
      if (document) {
        const { quantity, reserved, available, revision } = document
        return { data: { productId, quantity, reserved, available }, position, revision }
      }
      await mustBeOnSale(lookAtPresent(executor), productId)
      return { data: { productId, quantity: 0, reserved: 0, available: 0 }, position }
    },
  )

  serve(
    {
      method: 'POST',
      url: '/inventory/check',
      access: 'public',
      operationId: 'checkStock',
      summary: 'Whether that many pieces are available just now',
      description: 'An advice: pieces are only held for orders.',
      tag: 'inventory',
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
    },
    async ({ body: { items } }) => {
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
  )

  serve(
    {
      method: 'PUT',
      url: '/inventory/:productId',
      access: 'admin',
      operationId: 'updateStock',
      summary: 'Say how many pieces there are, or how many came or went',
      tag: 'inventory',
      params,
      body: Recount,
      example: { quantity: 100, reason: 'delivery' },
      data: Stock,
      problems: [404, 409],
      guarded: true,
    },
    async ({ params: { productId }, body, origin, expecting }) => {
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
  )
}
