import { Type } from 'typebox'
import { Fields } from '#kernel'
import { gigs as all } from '../../../projections/index.ts'
import { readOne } from '../../../runtime/reading.ts'
import { ownsOrAdmin } from '../../../serving/caller.ts'
import {
  between,
  Fresh,
  listed,
  ListOf,
  ListQuery,
  minPositionOf,
  type Asking,
} from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import { notFound } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { GigId, UserId } from '../../shared/index.ts'
import { gig } from '../language.ts'
import { gigFilters, type GigFilters } from '../services/found-gigs.ts'
import { present, ShownGig, shownGig, withState } from '../services/gig-answer.ts'
import { sellerNow, sellersNow } from '../services/sellers.ts'

const sorts = ['createdAt', 'price', 'rating'] as const

/** Lists gigs with the present names of their sellers. @throws Problem 400 as `listed` */
const gigsListed = async (
  ports: Pick<Ports, 'readModels' | 'cursors'>,
  asking: Asking & GigFilters,
  conditions: { readonly sellerId?: UserId | undefined; readonly status?: 'PUBLISHED' },
) => {
  const { category, minPrice, maxPrice, deliveryDays, rating } = asking
  const { documents, info, position } = await listed(
    ports,
    all,
    asking,
    {
      ...conditions,
      category,
      'from.amount': between(minPrice, maxPrice),
      deliveryDays: between(undefined, deliveryDays),
      'rating.average': between(rating, undefined),
    },
    { fields: { price: 'from.amount', rating: 'rating.average' } },
  )
  const sellerOf = await sellersNow(ports.readModels, documents, minPositionOf(asking))
  const gigs = documents.map((document) => shownGig(document, sellerOf(document)))
  return { data: { gigs, ...info }, position }
}

/** Routes that read gigs. */
export const readRoutes = [
  route({
    method: 'GET',
    url: '/gigs',
    access: 'public',
    operationId: 'listGigs',
    summary: 'Published gigs',
    query: ListQuery(sorts, { seller: Type.Optional(UserId), ...gigFilters }),
    data: ListOf('gigs', ShownGig),
    handle: ({ query }, ports) =>
      gigsListed(ports, query, { sellerId: query.seller, status: 'PUBLISHED' }),
  }),

  route({
    method: 'GET',
    url: '/gigs/:id',
    access: 'public',
    operationId: 'getGig',
    summary: 'One gig with its seller, rating and numbers of orders',
    description:
      'A draft, and a gig of a suspended seller, are shown to the seller and admins only.',
    params: Fields({ id: GigId }),
    query: Fresh,
    data: ShownGig,
    problems: [404],
    handle: async ({ params: { id }, query, caller }, { executor, readModels }) => {
      const after = minPositionOf(query)
      const { state, revision } = await executor.stateOf(gig, id)
      const now = present(state)
      const isOpen = now.status !== 'DRAFT' && !now.suspended
      const isSeen = isOpen || (caller && ownsOrAdmin(caller, now.sellerId))
      if (!isSeen) throw notFound('gig')
      const [{ document, position }, seller] = await Promise.all([
        readOne(readModels, all, id, after),
        sellerNow(readModels, now.sellerId, after),
      ])
      if (!document) throw notFound('gig')
      return { data: shownGig(withState(document, now), seller), position, revision }
    },
  }),

  route({
    method: 'GET',
    url: '/users/:id/gigs',
    access: 'public',
    operationId: 'listGigsOfUser',
    summary: 'Published gigs of a user; all of them, for the user and admins',
    params: Fields({ id: UserId }),
    query: ListQuery(sorts, {}),
    data: ListOf('gigs', ShownGig),
    handle: ({ params: { id }, query, caller }, ports) =>
      gigsListed(ports, query, {
        sellerId: id,
        ...(!(caller && ownsOrAdmin(caller, id)) && { status: 'PUBLISHED' as const }),
      }),
  }),
]
