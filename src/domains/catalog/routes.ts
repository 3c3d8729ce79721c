import { Type, type Static } from 'typebox'
import { composed, derivedId, Fields, isRefusal, type StateOf } from '#kernel'
import { product } from './language.ts'
import { ownMediaIdIn } from '../media/services/addresses.ts'
import { mustOwnMedia } from '../media/services/own-media.ts'
import { Money, ProductId, type UserId } from '../shared/index.ts'
import type { Ports } from '../../serving/ports.ts'
import type { Executed } from '../../runtime/execution.ts'
import type { ReadModels } from '../../runtime/reading.ts'
import { products } from '../../projections/index.ts'
import { between, Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../serving/lists.ts'
import { notFound } from '../../serving/problem.ts'
import { DocumentFrom } from '../../serving/document-from.ts'
import { readOne } from '../../runtime/reading.ts'
import { refusalProblem } from '../../serving/refusals.ts'
import { route, type Answer } from '../../serving/route.ts'

const params = Fields({ id: ProductId })

/**
 * Checks the picture of a product where it is a file of ours: an image of the caller.
 * @param before the picture until now, which another admin may have uploaded
 * @throws Problem 404, 400, 409 naming the field
 */
const mustOwnImage = async (
  ports: Ports,
  userId: UserId,
  image: string | undefined,
  before?: string,
): Promise<void> => {
  const id = image === undefined || image === before ? undefined : ownMediaIdIn(ports, image)
  if (id !== undefined)
    await mustOwnMedia(ports.executor, userId, id, 'image', { kinds: ['image'] })
}

/** A product after the command that changed it. */
const Product = Type.Object({
  id: ProductId,
  name: Type.String(),
  description: Type.Optional(Type.String()),
  price: Money,
  category: Type.String(),
  image: Type.Optional(Type.String()),
  weight: Type.Optional(Type.Integer({ description: 'Of one piece, in grams' })),
})

const example = {
  name: 'Lamp',
  description: 'Gives light',
  price: { amount: 1999, currency: 'EUR' },
  category: 'lighting',
  weight: 750,
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

/** Greatest number of listed categories. */
const maxCategories = 200

/**
 * Returns the categories with their numbers of products, by one short query for each category: the query reads the first
 * product of a later category; the totals of two queries differ by the number of products in between.
 */
const categoriesOf = async (readModels: ReadModels, minPosition: bigint | undefined) => {
  const laterThan = (category: string) =>
    readModels.find(
      products,
      { where: { category: { gt: category } }, sort: ['category'], limit: 1 },
      minPosition,
    )
  const categories: { name: string; products: number }[] = []
  let found = await laterThan('')
  const { position } = found
  while (found.documents[0] && categories.length < maxCategories) {
    const { category: name } = found.documents[0]
    const next = await laterThan(name)
    categories.push({ name, products: found.total - next.total })
    found = next
  }
  return { categories, position }
}

/** Routes of the catalogue. */
export const routes = [
  route({
    method: 'GET',
    url: '/products',
    access: 'public',
    operationId: 'listProducts',
    summary: 'Products on sale',
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
    handle: async ({ query }, ports) => {
      const { category, minPrice, maxPrice, inStock, q } = query
      const { documents, info, position } = await listed(
        ports,
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
  }),

  route({
    method: 'GET',
    url: '/products/categories',
    access: 'public',
    operationId: 'listCategories',
    summary: 'The categories, and how many products each has',
    shared: [products],
    query: Fresh,
    data: Type.Object({
      categories: Type.Array(Type.Object({ name: Type.String(), products: Type.Integer() })),
    }),
    handle: async ({ query }, { readModels }) => {
      const { categories, position } = await categoriesOf(readModels, minPositionOf(query))
      return { data: { categories }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/products/:id',
    access: 'public',
    operationId: 'getProduct',
    summary: 'One product, and how many pieces are available',
    shared: [products],
    params,
    query: Fresh,
    data: DocumentFrom(products),
    problems: [404],
    handle: async ({ params: { id }, query }, { readModels }) => {
      const { document, position } = await readOne(readModels, products, id, minPositionOf(query))
      if (!document) throw notFound('product')
      return { data: document, position, revision: document.revision }
    },
  }),

  route({
    method: 'POST',
    url: '/products',
    access: 'admin',
    operationId: 'createProduct',
    summary: 'Put a product on sale',
    body: product.commands.CreateProduct,
    example,
    data: Product,
    status: 201,
    problems: [404],
    handle: async ({ body, caller, origin }, ports) => {
      const { executor } = ports
      await mustOwnImage(ports, caller.id, body.image)
      const id = derivedId(ProductId, origin.commandId, 'product')
      const command = { type: 'CreateProduct' as const, data: body }
      const answer = await executor.execute(product, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(product, answer)
      return { ...changed(id, answer), location: `/products/${id}` }
    },
  }),

  route({
    method: 'PUT',
    url: '/products/:id',
    access: 'admin',
    operationId: 'updateProduct',
    summary: 'Replace all details of a product',
    params,
    body: product.commands.UpdateProduct,
    example,
    data: Product,
    problems: [404],
    guarded: true,
    handle: async ({ params: { id }, body, caller, origin, expecting }, ports) => {
      const { executor } = ports
      const { state: before } = await executor.stateOf(product, id)
      const image = before.status === 'listed' ? before.image : undefined
      await mustOwnImage(ports, caller.id, body.image, image)
      const command = { type: 'UpdateProduct' as const, data: body }
      const answer = await executor.execute(product, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(product, answer)
      return changed(id, answer)
    },
  }),

  route({
    method: 'DELETE',
    url: '/products/:id',
    access: 'admin',
    operationId: 'deleteProduct',
    summary: 'Take a product off sale for good',
    params,
    data: Type.Object({ id: ProductId, deleted: Type.Literal(true) }),
    problems: [404],
    guarded: true,
    handle: async ({ params: { id }, origin, expecting }, { executor }) => {
      const command = { type: 'DeleteProduct' as const, data: {} }
      const answer = await executor.execute(product, id, command, origin, expecting)
      if (isRefusal(answer)) throw refusalProblem(product, answer)
      const { position, revision } = answer
      return { data: { id, deleted: true as const }, position, revision }
    },
  }),
]
