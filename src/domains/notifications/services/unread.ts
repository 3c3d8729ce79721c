import { derivedUuid, isRefusal } from '#kernel'
import { notifications } from '../../../projections/index.ts'
import type { Origin } from '../../../runtime/execution.ts'
import type { Ports } from '../../../serving/ports.ts'
import type { UserId } from '../../shared/index.ts'
import { notification } from '../language.ts'

/** Most notifications that one request marks as read. */
export const mostRead = 200

/** Number of notifications that are marked concurrently. */
const atOnce = 8

/**
 * The condition of the unread notifications of a user in the app. Those by mail, push and text message, which are requested
 * beside one in the app, would count the same news twice.
 */
export const unreadInApp = (userId: UserId) =>
  ({ userId, channel: 'in_app', read: false, isCopy: false }) as const

/**
 * Marks the oldest unread notifications of a user in the app as read. One that is read already stays as it is.
 * @param minPosition of the earlier part, so that this one does not find the same ones
 * @returns how many were marked, and how many are left
 */
export const readOldest = async (
  { readModels, executor }: Pick<Ports, 'readModels' | 'executor'>,
  userId: UserId,
  origin: Origin,
  minPosition: bigint | undefined,
): Promise<{ readonly read: number; readonly remaining: number; readonly position: bigint }> => {
  const query = { where: unreadInApp(userId), sort: ['createdAt'], limit: mostRead }
  const found = await readModels.find(notifications, query, minPosition)
  let read = 0
  let { position } = found
  for (let first = 0; first < found.documents.length; first += atOnce)
    await Promise.all(
      found.documents.slice(first, first + atOnce).map(async ({ id }) => {
        const commandId = derivedUuid(origin.commandId, id)
        const command = { type: 'MarkRead' as const, data: {} }
        const answer = await executor.execute(notification, id, command, { ...origin, commandId })
        // One that was forgotten meanwhile is refused.
        if (isRefusal(answer)) return
        read += answer.events.length
        if (answer.position > position) position = answer.position
      }),
    )
  return { read, remaining: found.total - found.documents.length, position }
}
