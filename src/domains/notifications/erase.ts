import { notifications } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import type { NotificationId } from '../shared/index.ts'
import { Channel, notification, welcomeIdOf } from './language.ts'

/** Erases what a person was told. */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const forget = async (id: NotificationId): Promise<void> => {
    const command = { type: 'ForgetNotification' as const, data: {} }
    await execute(notification, id, command, derivedOrigin(origin, id))
  }
  const where = { userId }
  const told = await forEachDocument(readModels, notifications, { where }, ({ id }) => forget(id))
  // It may not be there yet: what is forgotten before never will be.
  for (const channel of Channel.enum) await forget(welcomeIdOf(userId, channel))
  return { awaited: 0, counts: { notifications: told } }
}
