import { Type, type Static } from 'typebox'
import type { DocumentOf, StateOf } from '#kernel'
import { reviews } from '../../../projections/index.ts'
import type { Executed } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { ownsOrAdmin, type Caller } from '../../../serving/caller.ts'
import { notFound } from '../../../serving/problem.ts'
import type { Answer } from '../../../serving/route.ts'
import { sellersNow } from '../../gigs/services/sellers.ts'
import { OrderId, UserId } from '../../shared/index.ts'
import {
  ReviewerRole,
  ReviewId,
  Stars,
  SubjectId,
  SubjectType,
  type PresentReview,
  type review,
} from '../language.ts'

const time = Type.String({ format: 'date-time' })

const fields = {
  id: ReviewId,
  subjectType: SubjectType,
  subjectId: SubjectId,
  orderId: Type.Optional(
    Type.Unsafe<OrderId>({ ...OrderId, description: 'For its author and admins only' }),
  ),
  role: Type.Optional(ReviewerRole),
  verified: Type.Boolean({ description: 'Whether the author has bought what the review is about' }),
  rating: Stars,
  comment: Type.Optional(Type.String()),
  answer: Type.Optional(Type.Object({ text: Type.String(), at: time })),
  sealed: Type.Boolean({
    description: 'Whether only its author and admins see it, until the other side has written',
  }),
}

/** A review after the command that changed it. */
export const Review = Type.Object({ ...fields, authorId: UserId })
type Review = Static<typeof Review>

/** A review with the present names of its author. */
export const ShownReview = Type.Object({
  ...fields,
  author: Type.Optional(
    Type.Object(
      { id: UserId, username: Type.Optional(Type.String()), name: Type.Optional(Type.String()) },
      { description: 'Absent when the author has left' },
    ),
  ),
  createdAt: time,
  updatedAt: time,
})
export type ShownReview = Static<typeof ShownReview>

type ReviewDocument = DocumentOf<typeof reviews>

/** Returns whether a caller may see a review: a sealed one is for its author and admins. */
export const isSeen = (
  { sealed, authorId }: { readonly sealed: boolean; readonly authorId?: UserId },
  caller: Caller | undefined,
): boolean => !sealed || (caller !== undefined && ownsOrAdmin(caller, authorId ?? ''))

/** Returns whether a caller may learn which order a review is about: its author and admins. */
const seesOrder = (caller: Caller | undefined, authorId: UserId | undefined): boolean =>
  caller !== undefined && ownsOrAdmin(caller, authorId ?? '')

/**
 * Returns reviews as a caller sees them, with the present names of their authors, by one query.
 * @param minPosition as of `sellersNow`
 */
export const shownReviews = async (
  readModels: Pick<ReadModels, 'find'>,
  caller: Caller | undefined,
  documents: readonly ReviewDocument[],
  minPosition?: bigint,
): Promise<ShownReview[]> => {
  const nameOf = await sellersNow(
    readModels,
    documents.flatMap(({ authorId }) => (authorId === undefined ? [] : [{ sellerId: authorId }])),
    minPosition,
  )
  return documents.map((document) => {
    const { authorId, orderId, reviewedId: _, revision: __, ...known } = document
    const isShown = orderId !== undefined && seesOrder(caller, authorId)
    const review = { ...known, ...(isShown && { orderId }) }
    if (authorId === undefined) return review
    const { displayName: ___, ...author } = nameOf({ sellerId: authorId })
    return { ...review, author }
  })
}

/** Returns the state of a review that exists. @throws Problem 404 */
export const present = (state: StateOf<typeof review>): PresentReview => {
  if (state.status !== 'present') throw notFound('review')
  return state
}

/**
 * Returns the answer to a command, with the changed review as the caller sees it.
 * @throws Problem 404 when it was deleted meanwhile
 */
export const changed = (
  caller: Caller,
  id: ReviewId,
  { state, position, revision }: Executed<typeof review>,
): Answer<Review> => {
  const now = present(state)
  const { subjectType, subjectId, authorId, orderId, role, verified, rating } = now
  const { comment, answer, sealed } = now
  return {
    data: {
      id,
      subjectType,
      subjectId,
      authorId,
      ...(orderId !== undefined && seesOrder(caller, authorId) && { orderId }),
      ...(role !== undefined && { role }),
      verified,
      rating,
      ...(comment !== undefined && { comment }),
      ...(answer && { answer }),
      sealed,
    },
    position,
    revision,
  }
}
