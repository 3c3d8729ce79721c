import { notifications } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import type { NotificationId } from '../shared/index.ts'
import { Channel, notification, welcomeIdOf } from './language.ts'

/** Erases the notifications of a person. */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const forget = async (id: NotificationId): Promise<void> => {
    const command = { type: 'ForgetNotification' as const, data: {} }
    await execute(notification, id, command, derivedOrigin(origin, id))
  }
  const where = { userId }
  const count = await forEachDocument(readModels, notifications, { where }, ({ id }) => forget(id))
  // The welcome may not be requested yet; forgetting it first prevents that.
  for (const channel of Channel.enum) await forget(welcomeIdOf(userId, channel))
  return { awaited: 0, counts: { notifications: count } }
}
