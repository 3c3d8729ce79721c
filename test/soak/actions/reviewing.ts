import type { Action } from '../world.ts'

/** Reviews a product, or changes or deletes the review of it. */
const review: Action = async ({ chance, kept, products, wrong, word }, me) => {
  const product = chance.oneOf(products.slice(-8))
  if (!product) return
  const rating = 1 + chance.below(5)
  const mine = [...kept.reviews.values()].find(
    ({ author, productId, isDeleted }) =>
      author === me.id && productId === product.id && !isDeleted,
  )
  if (!mine) {
    const answer = await me.call('POST', '/reviews', {
      subjectType: 'product',
      subjectId: product.id,
      rating,
      comment: `Bright ${word()}`,
    })
    if (answer.status !== 201) return wrong('POST /reviews', answer)
    const { id } = answer.body.data
    kept.reviews.set(id, { id, productId: product.id, author: me.id, rating, isDeleted: false })
  } else if (chance.happens(0.7)) {
    const answer = await me.call('PUT', `/reviews/${mine.id}`, { rating })
    if (answer.status !== 200) return wrong('PUT /reviews/:id', answer)
    mine.rating = rating
  } else {
    const answer = await me.call('DELETE', `/reviews/${mine.id}`)
    if (answer.status !== 200 && !(answer.status === 404 && answer.tries > 1))
      return wrong('DELETE /reviews/:id', answer)
    mine.isDeleted = true
  }
}

export const reviewing: readonly (readonly [weight: number, action: Action])[] = [[6, review]]
