import { after, become, end, only, rest, saga, send } from '#kernel'
import { review, type ReviewId } from '../domains/reviews/language.ts'

/** How long a review of a person stays sealed without one of the other side, in ms. */
const sealedFor = 14 * 24 * 60 * 60_000

type State = {
  /** Sealed and revealed reviews of the order's parties, of each other. */
  readonly written: readonly ReviewId[]
}

/**
 * Reveals the reviews that the parties of an order have written of each other: once both have written, or after 14 days.
 * Until then neither knows the other's, so that nobody retaliates.
 */
export const unsealing = saga({
  name: 'unsealing',
  subject: 'Unsealing',
  from: [review],
  to: [only(review, 'RevealReview')],
  key: ({ type, data }) => {
    const isSealed = 'sealed' in data && data.sealed === true
    return 'orderId' in data && (isSealed || type === 'ReviewRevealed') ? data.orderId : undefined
  },
}).rules<State>({
  initialState: { written: [] },

  on: {
    ReviewCreated: (state, { id }) => {
      const written = [...state.written, id]
      return written.length > 1
        ? end({ written }, ...written.map((each) => send(review, each, 'RevealReview')))
        : become({ written }, after(sealedFor, send(review, id, 'RevealReview')))
    },

    ReviewRevealed: (state) => rest(state),

    // Its timer is not needed any more, but harmless.
    ReviewDeleted: ({ written }, { id }) =>
      rest({ written: written.filter((each) => each !== id) }),
  },
})
