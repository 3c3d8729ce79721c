import { Type, type Static } from 'typebox'
import { composed, derivedId, Fields, isRefusal, type StateOf } from '#kernel'
import { product } from '../../domains/catalog/index.ts'
import { Money, ProductId } from '../../domains/shared/index.ts'
import type { Executed } from '../../platform/runtime/execution.ts'
import type { ReadModels } from '../../platform/runtime/reading.ts'
import { products } from '../../projections/index.ts'
import { between, Fresh, listed, ListOf, ListQuery, minPositionOf } from '../lists.ts'
import { notFound } from '../problem.ts'
import { DocumentFrom } from '../reading.ts'
import { readOne } from '../../platform/runtime/reading.ts'
import { refusalProblem } from '../refusals.ts'
import type { Answer, Serve } from '../route.ts'
import type { RouteContext } from './context.ts'

const params = Fields({ id: ProductId })

/** A product as the command that changed it left it. */
const Product = Type.Object({
  id: ProductId,
  name: Type.String(),
  description: Type.Optional(Type.String()),
  price: Money,
  category: Type.String(),
  image: Type.Optional(Type.String()),
})

const example = {
  name: 'Lamp',
  description: 'Gives light',
  price: { amount: 1999, currency: 'EUR' },
  category: 'lighting',
}

const productOf = (id: ProductId, state: StateOf<typeof product>): Static<typeof Product> => {
  if (state.status !== 'listed') throw notFound('product')
  const { status: _, ...details } = state
  return { id, ...details }
}

const changed = (
  id: ProductId,
  { state, position, revision }: Executed<typeof product>,
): Answer<Static<typeof Product>> => ({ data: productOf(id, state), position, revision })

/** At most so many categories are listed. */
const mostCategories = 200

/**
 * The categories and how many products each has, by one short query a category: each asks for the first one behind
 * the last; how many are behind tells how many were before.
 */
const categoriesOf = async (readModels: ReadModels, minPosition: bigint | undefined) => {
  const behind = (category: string) =>
    readModels.find(
      products,
      { where: { category: { gt: category } }, sort: ['category'], limit: 1 },
      minPosition,
    )
  const categories: { name: string; products: number }[] = []
  let found = await behind('')
  const { position } = found
  while (found.documents[0] && categories.length < mostCategories) {
    const { category: name } = found.documents[0]
    const next = await behind(name)
    categories.push({ name, products: found.total - next.total })
    found = next
  }
  return { categories, position }
}

/** What is on sale. */
export const catalog = (serve: Serve, context: RouteContext): void => {
  const { executor, readModels } = context
  serve(
    {
      method: 'GET',
      url: '/products',
      access: 'public',
      operationId: 'listProducts',
      summary: 'What is on sale',
      tag: 'catalog',
      shared: [products],
      query: ListQuery(['createdAt', 'name', 'price'], {
        category: Type.Optional(composed(Type.String({ maxLength: 100 }))),
        minPrice: Type.Optional(Type.Integer({ minimum: 0, description: 'In minor units' })),
        maxPrice: Type.Optional(Type.Integer({ minimum: 0, description: 'In minor units' })),
        inStock: Type.Optional(Type.Boolean()),
        q: Type.Optional(
          Type.String({ minLength: 1, maxLength: 100, description: 'In name or description' }),
        ),
      }),
      data: ListOf('products', DocumentFrom(products)),
    },
    async ({ query }) => {
      const { category, minPrice, maxPrice, inStock, q } = query
      const { documents, info, position } = await listed(
        context,
        products,
        query,
        {
          category,
          'price.amount': between(minPrice, maxPrice),
          stock: inStock === undefined ? undefined : inStock ? { gt: 0 } : { lte: 0 },
        },
        {
          fields: { price: 'price.amount' },
          ...(q && { anyOf: [{ name: { contains: q } }, { description: { contains: q } }] }),
        },
      )
      return { data: { products: documents, ...info }, position }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/products/categories',
      access: 'public',
      operationId: 'listCategories',
      summary: 'The categories, and how many products each has',
      tag: 'catalog',
      shared: [products],
      query: Fresh,
      data: Type.Object({
        categories: Type.Array(Type.Object({ name: Type.String(), products: Type.Integer() })),
      }),
    },
    async ({ query }) => {
      const { categories, position } = await categoriesOf(readModels, minPositionOf(query))
      return { data: { categories }, position }
    },
  )

  serve(
    {
      method: 'GET',
      url: '/products/:id',
      access: 'public',
      operationId: 'getProduct',
      summary: 'One product, and how many pieces are available',
      tag: 'catalog',
      shared: [products],
      params,
      query: Fresh,
      data: DocumentFrom(products),
      problems: [404],
    },
    async ({ params: { id }, query }) => {
      const { document, position } = await readOne(readModels, products, id, minPositionOf(query))
      if (!document) throw notFound('product')
      return { data: document, position, revision: document.revision }
    },
  )

  serve(
    {
      method: 'POST',
      url: '/products',
      access: 'admin',
      operationId: 'createProduct',
      summary: 'Put a product on sale',
      tag: 'catalog',
      body: product.commands.CreateProduct,
      example,
      data: Product,
      status: 201,
    },
    async ({ body, origin }) => {
      const id = derivedId(ProductId, origin.commandId, 'product')
      const command = { type: 'CreateProduct' as const, data: body }
      const answer = await executor.execute(product, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(product, answer)
      return { ...changed(id, answer), location: `/products/${id}` }
    },
  )

  serve(
    {
      method: 'PUT',
      url: '/products/:id',
      access: 'admin',
      operationId: 'updateProduct',
      summary: 'Replace everything that is said of a product',
      tag: 'catalog',
      params,
      body: product.commands.UpdateProduct,
      example,
      data: Product,
      problems: [404],
      guarded: true,
    },
    async ({ params: { id }, body, origin, expecting }) => {
      const command = { type: 'UpdateProduct' as const, data: body }
      const answer = await executor.execute(product, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(product, answer)
      return changed(id, answer)
    },
  )

  serve(
    {
      method: 'DELETE',
      url: '/products/:id',
      access: 'admin',
      operationId: 'deleteProduct',
      summary: 'Take a product off sale for good',
      tag: 'catalog',
      params,
      data: Type.Object({ id: ProductId, deleted: Type.Literal(true) }),
      problems: [404],
      guarded: true,
    },
    async ({ params: { id }, origin, expecting }) => {
      const command = { type: 'DeleteProduct' as const, data: {} }
      const answer = await executor.execute(product, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(product, answer)
      const { position, revision } = answer
      return { data: { id, deleted: true as const }, position, revision }
    },
  )
}
