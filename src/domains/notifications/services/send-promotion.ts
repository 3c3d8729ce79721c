import { randomUUID } from 'node:crypto'
import { derivedId, derivedUuid, isRefusal } from '#kernel'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { profile } from '../../profiles/language.ts'
import { NotificationId, type UserId } from '../../shared/index.ts'
import { notification, promotion, type PromotionId } from '../language.ts'
import type { PublishedPromotion } from '../promotion.ts'
import { audiencePage } from './audience.ts'
import { unwantedBy } from './delivery.ts'

/** Number of users per batch. */
const batchSize = 200

/** Number of users for whom notifications are requested at once. */
const concurrent = 8

type Ports = Pick<JobPorts, 'executor' | 'readModels'>

const originOf = (id: PromotionId, ...parts: readonly string[]) => ({
  commandId: derivedUuid(id, ...parts),
  actorId: 'send-promotions',
  correlationId: id,
})

/**
 * Requests the notification of one user, unless preferences exclude it at this moment. Its id follows from the promotion
 * and the user, so that nobody gets two.
 * @returns whether one was requested
 */
const requestFor = async (
  { executor: { execute, stateOf } }: Pick<Ports, 'executor'>,
  promotionId: PromotionId,
  { channel, subject, text }: PublishedPromotion,
  userId: UserId,
): Promise<boolean> => {
  const kind = { channel, type: 'promotion', marketing: true } as const
  // The read model may be behind: somebody may have opted out since.
  const { state: wishes } = await stateOf(profile, userId)
  if (wishes.status !== 'active' || unwantedBy(wishes, kind) !== undefined) return false
  const id = derivedId(NotificationId, promotionId, userId)
  const data = { userId, ...kind, subject, text }
  const command = { type: 'RequestNotification' as const, data }
  const answer = await execute(notification, id, command, originOf(promotionId, userId))
  if (isRefusal(answer)) throw new Error(`The advertisement was refused: ${answer.refused}`)
  return true
}

/**
 * Sends the next batch of a promotion, and records how far it has come.
 * @returns whether there is more to send, and nobody has paused it
 */
export const sendBatch = async (id: PromotionId, ports: Ports): Promise<boolean> => {
  const { execute, stateOf } = ports.executor
  const { state } = await stateOf(promotion, id)
  if (state.status !== 'running') return false
  const { segment, after: from } = state
  const { userIds, next } = await audiencePage(ports.readModels, segment, from, batchSize)
  let requested = 0
  for (let first = 0; first < userIds.length; first += concurrent) {
    const some = userIds.slice(first, first + concurrent)
    const done = await Promise.all(some.map((userId) => requestFor(ports, id, state, userId)))
    requested += done.filter(Boolean).length
  }
  const after = next ?? userIds.at(-1) ?? from
  if (after !== undefined && after !== from) {
    const data = { ...(from && { from }), after, requested }
    await execute(promotion, id, { type: 'RecordBatch', data }, originOf(id, 'batch', after))
  }
  if (next !== undefined) return true
  const data = after === undefined ? {} : { from: after }
  // Not by a derived id: a promotion that is paused now finishes after it has resumed.
  const origin = { ...originOf(id), commandId: randomUUID() }
  await execute(promotion, id, { type: 'FinishPromotion', data }, origin)
  return false
}
