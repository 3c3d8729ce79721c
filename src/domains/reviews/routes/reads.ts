import { Type } from 'typebox'
import { Fields } from '#kernel'
import { orders, ratings, reviews as all } from '../../../projections/index.ts'
import { Histogram, noRatings, ratingsKeyOf } from '../../../projections/ratings.ts'
import { readOne } from '../../../runtime/reading.ts'
import {
  Fresh,
  listed,
  ListOf,
  ListQuery,
  minPositionOf,
  type Asking,
} from '../../../serving/lists.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { Ports } from '../../../serving/ports.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import type { Condition } from '../../../platform/storage/documents/port.ts'
import { GigId, OrderId, ProductId, UserId } from '../../shared/index.ts'
import { ReviewId, ReviewerRole } from '../language.ts'
import { isParty } from '../services/eligibility.ts'
import { isSeen, ShownReview, shownReviews } from '../services/review-answer.ts'

type Reading = Pick<Ports, 'readModels' | 'cursors'>

const Page = ListOf('reviews', ShownReview)

/** A page of reviews of one subject, with the sums of all its ratings. */
const RatedPage = Type.Intersect([
  Page,
  Type.Object({
    average: Type.Number({ description: '1 to 5; 0 without a rating' }),
    histogram: Histogram,
  }),
])

const sorts = ['createdAt'] as const

/** Lists reviews as a caller sees them. @throws Problem 400 as `listed` */
const reviewsListed = async (
  ports: Reading,
  caller: Caller | undefined,
  asking: Asking,
  conditions: Readonly<Record<string, Condition | undefined>>,
) => {
  const { documents, info, position } = await listed(ports, all, asking, conditions)
  const reviews = await shownReviews(ports.readModels, caller, documents, minPositionOf(asking))
  return { data: { reviews, ...info }, position }
}

/** Lists the reviews of a subject with the sums of its ratings. */
const reviewsOf = async (
  ports: Reading,
  caller: Caller | undefined,
  asking: Asking,
  subjectType: 'product' | 'gig',
  subjectId: string,
) => {
  const [{ data, position }, { document }] = await Promise.all([
    reviewsListed(ports, caller, asking, { subjectId, sealed: false }),
    ports.readModels.get(ratings, ratingsKeyOf(subjectType, subjectId), minPositionOf(asking)),
  ])
  const { average = 0, histogram = noRatings } = document ?? {}
  return { data: { ...data, average, histogram }, position }
}

/** Routes that read reviews. */
export const readRoutes = [
  route({
    method: 'GET',
    url: '/reviews',
    access: 'user',
    operationId: 'listMyReviews',
    summary: 'Reviews that I have written, sealed ones as well',
    query: ListQuery(sorts, {}),
    data: Page,
    handle: ({ query, caller }, ports) =>
      reviewsListed(ports, caller, query, { authorId: caller.id }),
  }),

  route({
    method: 'GET',
    url: '/reviews/product/:productId',
    access: 'public',
    operationId: 'listReviewsOfProduct',
    summary: 'Reviews of a product, with the average and the number of each rating',
    params: Fields({ productId: ProductId }),
    query: ListQuery(sorts, {}),
    data: RatedPage,
    handle: ({ params: { productId }, query, caller }, ports) =>
      reviewsOf(ports, caller, query, 'product', productId),
  }),

  route({
    method: 'GET',
    url: '/reviews/gig/:gigId',
    access: 'public',
    operationId: 'listReviewsOfGig',
    summary: 'Reviews of a gig, with the average and the number of each rating',
    params: Fields({ gigId: GigId }),
    query: ListQuery(sorts, {}),
    data: RatedPage,
    handle: ({ params: { gigId }, query, caller }, ports) =>
      reviewsOf(ports, caller, query, 'gig', gigId),
  }),

  route({
    method: 'GET',
    url: '/reviews/order/:orderId',
    access: 'user',
    operationId: 'listReviewsOfOrder',
    summary: 'Reviews of an order by both sides, for its parties and admins',
    description: 'The review of the other side is left out while it is sealed.',
    params: Fields({ orderId: OrderId }),
    query: Fresh,
    data: Type.Object({ reviews: Type.Array(ShownReview) }),
    problems: [403, 404],
    handle: async ({ params: { orderId }, query, caller }, { readModels }) => {
      const { document: order } = await readOne(readModels, orders, orderId)
      if (!order) throw notFound('order')
      if (!isParty(caller, order)) throw forbidden('Only the parties of an order see its reviews.')
      const { documents, position } = await readModels.find(
        all,
        { where: { orderId }, sort: ['createdAt'], limit: 200 },
        minPositionOf(query),
      )
      const seen = documents.filter((document) => isSeen(document, caller))
      return { data: { reviews: await shownReviews(readModels, caller, seen) }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/reviews/:id',
    access: 'public',
    operationId: 'getReview',
    summary: 'One review',
    description: 'A sealed review is shown to its author and admins only.',
    params: Fields({ id: ReviewId }),
    query: Fresh,
    data: ShownReview,
    problems: [404],
    handle: async ({ params: { id }, query, caller }, { readModels }) => {
      const { document, position } = await readOne(readModels, all, id, minPositionOf(query))
      if (!document || !isSeen(document, caller)) throw notFound('review')
      const [shown] = await shownReviews(readModels, caller, [document])
      if (!shown) throw notFound('review')
      return { data: shown, position, revision: document.revision }
    },
  }),

  route({
    method: 'GET',
    url: '/users/:id/reviews',
    access: 'public',
    operationId: 'listReviewsOfUser',
    summary: 'Reviews of a user and of the user’s gigs',
    params: Fields({ id: UserId }),
    query: ListQuery(sorts, {
      as: Type.Optional(
        Type.String({
          pattern: '^(buyer|seller)(,(buyer|seller))?$',
          description: 'Roles in which the user is reviewed: `buyer`, `seller` or both',
        }),
      ),
    }),
    data: Page,
    handle: ({ params: { id }, query, caller }, ports) => {
      const asked = query.as?.split(',')
      // The author has the other role.
      const role = ReviewerRole.enum.filter(
        (one) => !asked || asked.includes(one === 'buyer' ? 'seller' : 'buyer'),
      )
      return reviewsListed(ports, caller, query, {
        reviewedId: id,
        sealed: false,
        role: { in: role },
      })
    },
  }),
]
