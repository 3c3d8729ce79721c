import { Type, type Static } from 'typebox'
import type { DocumentOf, StateOf } from '#kernel'
import { gigs } from '../../../projections/index.ts'
import type { Executed } from '../../../runtime/execution.ts'
import { notFound } from '../../../serving/problem.ts'
import type { Answer } from '../../../serving/route.ts'
import { GigId, MediaId, Money, UserId } from '../../shared/index.ts'
import { gig, GigStatus, isThere, RecordedPackage, termsOf, type PresentGig } from '../language.ts'
import { Seller } from './sellers.ts'

const fields = {
  title: Type.String(),
  description: Type.String(),
  category: Type.String(),
  tags: Type.Array(Type.String()),
  packages: Type.Array(RecordedPackage),
  mediaIds: Type.Array(MediaId),
  status: GigStatus,
  from: Money,
  deliveryDays: Type.Integer({ description: 'Of the quickest package' }),
}

/** A gig after the command that changed it. */
export const Gig = Type.Object({ id: GigId, seller: Type.Object({ id: UserId }), ...fields })
type Gig = Static<typeof Gig>

/** A gig with its seller, rating and numbers of orders. */
export const ShownGig = Type.Object({
  id: GigId,
  seller: Seller,
  ...fields,
  rating: Type.Object({
    average: Type.Number({ description: '1 to 5; 0 without a rating' }),
    count: Type.Integer(),
  }),
  orders: Type.Object({
    active: Type.Integer({ description: 'In work' }),
    completed: Type.Integer(),
  }),
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
})
export type ShownGig = Static<typeof ShownGig>

/** Details of a gig, from its state or its document. */
const fieldsOf = ({
  title,
  description,
  category,
  tags,
  packages,
  mediaIds,
  status,
}: Omit<PresentGig, 'sellerId'>) => ({
  title,
  description,
  category,
  tags: [...tags],
  packages: [...packages],
  mediaIds: [...mediaIds],
  status,
  ...termsOf(packages),
})

/** Returns a gig as answers show it. */
export const shownGig = (
  { id, rating: { average, count }, orders, createdAt, updatedAt, ...gig }: DocumentOf<typeof gigs>,
  seller: Seller,
): ShownGig => ({
  id,
  seller,
  ...fieldsOf(gig),
  rating: { average, count },
  orders,
  createdAt,
  updatedAt,
})

/** Returns a document with the details of the gig's state, which is always current. */
export const withState = (
  document: DocumentOf<typeof gigs>,
  state: PresentGig,
): DocumentOf<typeof gigs> => ({ ...document, ...fieldsOf(state) })

/** Returns the state of a gig that exists. @throws Problem 404 */
export const present = (state: StateOf<typeof gig>): PresentGig => {
  if (!isThere(state)) throw notFound('gig')
  return state
}

/** Returns the answer to a command, with the changed gig. @throws Problem 404 when it was deleted meanwhile */
export const changed = (
  id: GigId,
  { state, position, revision }: Executed<typeof gig>,
): Answer<Gig> => {
  const gig = present(state)
  return { data: { id, seller: { id: gig.sellerId }, ...fieldsOf(gig) }, position, revision }
}
