import { isRefusal } from '#kernel'
import { restingOn } from '../../../runtime/resting-on.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { invalid, notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { gig, isThere } from '../../gigs/language.ts'
import { gigOrder, order } from '../../ordering/language.ts'
import { mustBeHere, mustNotBeBlocked } from '../../profiles/services/contact.ts'
import type { UserId } from '../../shared/index.ts'
import { conversation, conversationIdOf, type Topic } from '../language.ts'

/**
 * Starts the conversation of two users about a gig, an order or neither, or finds the one that there is: its id follows
 * from them, so that concurrent requests start one.
 * @returns its id, and whether it was there
 * @throws Problem 400 for a conversation with oneself, 404 for a user who is not there, and a gig or an order of
 *   neither of them, 403 when one of the two blocks the other
 */
export const startConversation = async (
  executor: Executor,
  startedBy: UserId,
  participantId: UserId,
  about: Topic,
  origin: Origin,
) => {
  if (participantId === startedBy)
    throw invalid('participantId', 'must be somebody else than yourself')
  const id = conversationIdOf(startedBy, participantId, about)
  const { gigId, orderId } = about
  let sellerId: UserId | undefined
  const answer = await restingOn(
    executor,
    async (look) => {
      await mustBeHere(look, participantId)
      await mustNotBeBlocked(look, startedBy, participantId)
      if (gigId !== undefined) {
        const offered = await look(gig, gigId)
        sellerId = isThere(offered) ? offered.sellerId : undefined
        if (sellerId !== startedBy && sellerId !== participantId) throw notFound('gig', 'gigId')
      }
      if (orderId === undefined) return
      const placed = await look(order, orderId)
      const found = 'userId' in placed ? placed : await look(gigOrder, orderId)
      const parties = [
        ...('userId' in found ? [found.userId] : []),
        ...('sellerId' in found ? [found.sellerId] : []),
      ]
      if (!parties.includes(startedBy) && !parties.includes(participantId))
        throw notFound('order', 'orderId')
    },
    (_, bases) => {
      const data = { startedBy, participantId, ...about, ...(sellerId && { sellerId }) }
      const command = { type: 'StartConversation' as const, data }
      return executor.execute(conversation, id, command, origin, { bases })
    },
  )
  if (isRefusal(answer)) throw refusalProblem(conversation, answer)
  const { position, revision, events } = answer
  return { id, position, revision, wasThere: events.length === 0 }
}
