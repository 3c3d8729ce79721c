import { Type } from 'typebox'
import { Fields, isRefusal, type CommandOf } from '#kernel'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { restingOn } from '../../../runtime/resting-on.ts'
import { mustOwn, type Caller } from '../../../serving/caller.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { review, reviewIdOf, ReviewId } from '../language.ts'
import { mustBeOpen, standingOf } from '../services/eligibility.ts'
import { changed, isSeen, present, Review } from '../services/review-answer.ts'

const params = Fields({ id: ReviewId })

const { subjectType, subjectId, orderId, rating, comment } = review.commands.CreateReview.properties

/** A request to change a review. */
type Change = {
  readonly params: { readonly id: ReviewId }
  readonly caller: Caller
  readonly origin: Origin
  readonly expecting: { readonly expectedRevision?: number }
}

/** Sends a command to a review. @throws Problem when it is refused */
const change = async (
  { params: { id }, origin, expecting }: Change,
  executor: Executor,
  command: CommandOf<typeof review>,
) => {
  const answer = await executor.execute(review, id, command, origin, expecting)
  if (isRefusal(answer)) throw refusalProblem(review, answer)
  return answer
}

/** Routes that change reviews. */
export const changeRoutes = [
  route({
    method: 'POST',
    url: '/reviews',
    access: 'user',
    operationId: 'createReview',
    summary: 'Review a product, a gig or a person',
    description:
      'Gigs and people are reviewed by the parties of a completed order, which `orderId` names. Reviews of people are sealed until both sides have written, or for 14 days; the side that has not written by then cannot any more (409 `reviews_closed`).',
    body: Fields({ subjectType, subjectId, orderId, rating, comment }),
    example: {
      subjectType: 'product',
      subjectId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11',
      rating: 5,
      comment: 'Gives a warm light.',
    },
    data: Review,
    status: 201,
    problems: [403, 404, 409],
    handle: async ({ body, caller, origin }, { executor, readModels }) => {
      const standing = await standingOf({ executor, readModels }, caller, body)
      const id = reviewIdOf(body.subjectType, body.subjectId, body.orderId, caller.id)
      const data = { ...body, authorId: caller.id, ...standing }
      const command = { type: 'CreateReview' as const, data }
      // A repetition is left to the decider, also once both reviews are open.
      const isNew = (await executor.stateOf(review, id)).state.status === 'none'
      const answer = await restingOn(
        executor,
        (look) => (isNew ? mustBeOpen(look, data) : undefined),
        (_, bases) => executor.execute(review, id, command, origin, { bases }),
      )
      if (isRefusal(answer)) throw refusalProblem(review, answer)
      return { ...changed(caller, id, answer), location: `/reviews/${id}` }
    },
  }),

  route({
    method: 'PUT',
    url: '/reviews/:id',
    access: 'user',
    operationId: 'updateReview',
    summary: 'Change my review; omitted details stay unchanged',
    description: 'For 30 days. A review of a person is final once both sides can read it.',
    params,
    body: review.commands.UpdateReview,
    example: { rating: 4 },
    data: Review,
    problems: [404, 409],
    guarded: true,
    handle: async (asked, { executor }) => {
      const { state } = await executor.stateOf(review, asked.params.id)
      if (!isSeen(present(state), asked.caller)) throw notFound('review')
      // Not even an admin speaks for an author.
      if (present(state).authorId !== asked.caller.id) throw forbidden()
      const command = { type: 'UpdateReview' as const, data: asked.body }
      return changed(asked.caller, asked.params.id, await change(asked, executor, command))
    },
  }),

  route({
    method: 'DELETE',
    url: '/reviews/:id',
    access: 'user',
    operationId: 'deleteReview',
    summary: 'Delete a review: mine, or anybody’s, for an admin',
    params,
    data: Type.Object({ id: ReviewId, deleted: Type.Literal(true) }),
    problems: [404],
    guarded: true,
    handle: async (asked, { executor }) => {
      const { id } = asked.params
      const { state } = await executor.stateOf(review, id)
      if (state.status === 'none') throw notFound('review')
      if (state.status === 'present') {
        if (!isSeen(state, asked.caller)) throw notFound('review')
        mustOwn(asked.caller, state.authorId)
      }
      const command = { type: 'DeleteReview' as const, data: {} }
      const { position, revision } = await change(asked, executor, command)
      return { data: { id, deleted: true as const }, position, revision }
    },
  }),

  route({
    method: 'POST',
    url: '/reviews/:id/answer',
    access: 'user',
    operationId: 'answerReview',
    summary: 'Answer a review of me or my gig, once',
    params,
    body: review.commands.AnswerReview,
    example: { text: 'Thank you, it was a pleasure.' },
    data: Review,
    status: 201,
    problems: [403, 404, 409],
    guarded: true,
    handle: async (asked, { executor }) => {
      const command = { type: 'AnswerReview' as const, data: asked.body }
      return changed(asked.caller, asked.params.id, await change(asked, executor, command))
    },
  }),
]
