import type { Static } from 'typebox'
import { decider, derivedId, refuse } from '#kernel'
import type { OrderId, UserId } from '../shared/index.ts'
import {
  reviewCommands,
  reviewEvents,
  ReviewId,
  reviewRefusals,
  type SubjectId,
  type SubjectType,
} from './review-messages.ts'

/** How long an author may change a review, in ms. */
const editable = 30 * 24 * 60 * 60_000

/** Returns the id of the review of a subject by an author about an order, so that there is one only. */
export const reviewIdOf = (
  subjectType: SubjectType,
  subjectId: SubjectId,
  orderId: OrderId | undefined,
  authorId: UserId,
): ReviewId => derivedId(ReviewId, subjectType, subjectId, orderId ?? '', authorId)

type Present = Omit<Static<(typeof reviewEvents)['ReviewCreated']>, 'sealed'> & {
  readonly status: 'present'
  readonly sealed: boolean
  /** The author has left. */
  readonly forgotten?: true
  readonly answer?: { readonly text: string; readonly at: string } | undefined
  /** It had an answer, which was erased: there is no second one. */
  readonly answered?: true
}

type State =
  | { readonly status: 'none' }
  | Present
  /** `final`: no other review may replace it; `read`: the reviewed person could read it before. */
  | { readonly status: 'deleted'; readonly final: boolean; readonly read: boolean }

/** A review that exists. */
export type PresentReview = Present

/**
 * A review of a product, a gig or a person, by one author about one order. A review of a person is sealed until it is
 * revealed, and final from then on, so that neither side can retaliate.
 */
export const review = decider({
  name: 'review',
  id: ReviewId,
  commands: reviewCommands,
  events: reviewEvents,
  refusals: reviewRefusals,
}).rules<State>({
  initialState: { status: 'none' },
  stateVersion: 2,

  decide: {
    CreateReview: (data, state, { now }) => {
      const { subjectType, authorId, reviewedId } = data
      if (authorId === reviewedId) return refuse('OwnReview')
      if (state.status === 'present') return refuse('AlreadyReviewed')
      if (state.status === 'deleted' && state.final) return refuse('ReviewDeletedBefore')
      const sealed = subjectType === 'user' ? ({ sealed: true } as const) : {}
      return [{ type: 'ReviewCreated', data: { ...data, writtenAt: now, ...sealed } }]
    },

    UpdateReview: (wished, state, { now }) => {
      if (state.status !== 'present') return refuse('NoSuchReview')
      if (isFinal(state)) return refuse('AlreadyRevealed')
      if (Date.parse(now) - Date.parse(state.writtenAt) > editable)
        return refuse('NoLongerEditable')
      const { rating = state.rating, comment = state.comment } = wished
      if (rating === state.rating && comment === state.comment) return []
      return [
        {
          type: 'ReviewUpdated',
          data: {
            ...subjectOf(state),
            authorId: state.authorId,
            previousRating: state.rating,
            rating,
            ...(comment !== undefined && comment !== state.comment && { comment }),
            ...sealOf(state),
          },
        },
      ]
    },

    DeleteReview: (_, state, { by }) => {
      if (state.status === 'none') return refuse('NoSuchReview')
      if (state.status === 'deleted') return []
      const { rating: previousRating, orderId, authorId, subjectType } = state
      // Whoever has read the other side's review must not write a new one, nor undo what an admin has decided.
      const final = subjectType === 'user' || by !== authorId
      return [
        {
          type: 'ReviewDeleted',
          data: {
            ...subjectOf(state),
            previousRating,
            ...(orderId !== undefined && { orderId }),
            ...sealOf(state),
            ...(final && { final }),
          },
        },
      ]
    },

    AnswerReview: ({ text }, state, { by, now }) => {
      if (state.status !== 'present') return refuse('NoSuchReview')
      const { reviewedId, answer, answered, sealed } = state
      // Nobody but its author need learn that there is a sealed one.
      if (sealed) return refuse('NoSuchReview')
      if (reviewedId === undefined || by !== reviewedId) return refuse('NotReviewed')
      if (answer?.text === text) return []
      if (answer || answered) return refuse('AlreadyAnswered')
      return [{ type: 'ReviewAnswered', data: { reviewedId, text, answeredAt: now } }]
    },

    RevealReview: (_, state) => {
      if (state.status === 'none') return refuse('NoSuchReview')
      if (state.status === 'deleted' || !state.sealed) return []
      const { rating, orderId, reviewedId } = state
      return [
        {
          type: 'ReviewRevealed',
          data: {
            ...subjectOf(state),
            rating,
            ...(orderId !== undefined && { orderId }),
            ...(reviewedId !== undefined && { reviewedId }),
          },
        },
      ]
    },

    ForgetAuthor: (_, state) =>
      state.status !== 'present' || state.forgotten
        ? []
        : [{ type: 'ReviewAuthorForgotten', data: {} }],

    ForgetAnswer: (_, state) =>
      state.status !== 'present' || !state.answer
        ? []
        : [{ type: 'ReviewAnswerForgotten', data: {} }],
  },

  evolve: {
    ReviewCreated: (_, data) => ({ status: 'present', ...data, sealed: data.sealed === true }),
    ReviewUpdated: (state, { rating, comment }) =>
      state.status === 'present'
        ? { ...state, rating, ...(comment !== undefined && { comment }) }
        : state,
    ReviewRevealed: (state) => (state.status === 'present' ? { ...state, sealed: false } : state),
    ReviewDeleted: (_, { final = false, sealed = false }) => ({
      status: 'deleted',
      final,
      read: !sealed,
    }),
    ReviewAnswered: (state, { text, answeredAt: at }) =>
      state.status === 'present' ? { ...state, answer: { text, at } } : state,
    ReviewAuthorForgotten: (state) => {
      if (state.status !== 'present') return state
      const { comment: _, ...rest } = state
      return { ...rest, forgotten: true }
    },
    ReviewAnswerForgotten: (state) => {
      if (state.status !== 'present') return state
      const { answer: _, ...rest } = state
      return { ...rest, answered: true }
    },
  },
})

/** Returns whether the person whom a review is about can read it, or could before it was deleted. */
export const couldBeRead = (state: State): boolean =>
  state.status === 'present' ? !state.sealed : state.status === 'deleted' && state.read

/** Returns whether a review can no longer be changed, as the other side has read it. */
const isFinal = ({ subjectType, sealed }: Present): boolean => subjectType === 'user' && !sealed

const subjectOf = ({ subjectType, subjectId }: Present) => ({ subjectType, subjectId })

const sealOf = ({ sealed }: Present) => (sealed ? ({ sealed } as const) : {})
