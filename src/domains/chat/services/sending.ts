import { derivedId, isRefusal } from '#kernel'
import { restingOn } from '../../../runtime/resting-on.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import { Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { mustOwnMedia } from '../../media/services/own-media.ts'
import { mustBeHere, mustNotBeBlocked } from '../../profiles/services/contact.ts'
import type { MediaId, UserId } from '../../shared/index.ts'
import { message, MessageId, type ConversationId } from '../language.ts'
import { otherIn } from './participation.ts'

/** How many messages a user may send in a window of so many ms: far more than anybody writes. */
const rate = { most: 40, within: 1_000 }

/** Ports of sending. */
type Sending = { readonly executor: Executor; readonly counters: Pick<Ports['counters'], 'add'> }

/** @throws Problem 429 beyond the rate limit of a sender; nobody is refused while the counters are away */
const mustBeWithinRate = async ({ counters }: Sending, userId: UserId): Promise<void> => {
  const counted = await counters.add(`chat:${userId}`, rate.within).catch(() => undefined)
  if (!counted || counted.count <= rate.most) return
  const retryAfter = Math.max(1, Math.ceil(counted.resetMs / 1_000))
  throw new Problem(
    429,
    'rate_limited',
    `At most ${rate.most} messages a second; wait ${retryAfter} seconds.`,
    undefined,
    { retryAfter },
  )
}

/** A message to be sent. */
type Draft = {
  readonly conversationId: ConversationId
  readonly senderId: UserId
  readonly text?: string
  readonly mediaIds?: MediaId[]
}

/**
 * Sends a message. Its id follows from the command's, so that a repeated request sends it once.
 * @returns its id, the time, and its position in the log
 * @throws Problem 400 for an empty message, 404 as `otherIn` and when the recipient has left, 403 when one of the
 *   two blocks the other, 404 and 409 for files as `mustOwnMedia`, 429 beyond the rate limit
 */
export const sendMessage = async (
  ports: Sending,
  { conversationId, senderId, ...content }: Draft,
  origin: Origin,
) => {
  const { executor } = ports
  await mustBeWithinRate(ports, senderId)
  const recipientId = await otherIn(executor, conversationId, senderId)
  if (content.mediaIds) await mustOwnMedia(executor, senderId, content.mediaIds, 'mediaIds')
  const id = derivedId(MessageId, origin.commandId, 'message')
  const answer = await restingOn(
    executor,
    async (look) => {
      await mustBeHere(look, recipientId)
      await mustNotBeBlocked(look, senderId, recipientId)
    },
    (_, bases) => {
      const data = { conversationId, senderId, recipientId, ...content }
      return executor.execute(message, id, { type: 'SendMessage', data }, origin, { bases })
    },
  )
  if (isRefusal(answer)) throw refusalProblem(message, answer)
  const { position, revision, state } = answer
  if (state.status === 'none') throw new Error(`The message ${id} was sent, but is not there`)
  return { id, sentAt: state.sentAt, position, revision }
}
