import { devices, notifications } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import type { NotificationId } from '../shared/index.ts'
import { Channel, device, notification, welcomeIdOf } from './language.ts'

/** Erases the notifications and the devices of a person. */
export const erase: Erase = async ({ userId, origin }, { executor, readModels, sms }) => {
  const { execute } = executor
  const forget = async (id: NotificationId): Promise<void> => {
    const command = { type: 'ForgetNotification' as const, data: {} }
    await execute(notification, id, command, derivedOrigin(origin, id))
  }
  const where = { userId }
  const removed = await forEachDocument(readModels, devices, { where }, async ({ id }) => {
    const data = { userId, reason: 'forgotten' as const }
    await execute(device, id, { type: 'RemoveDevice', data }, derivedOrigin(origin, id))
  })
  const count = await forEachDocument(readModels, notifications, { where }, ({ id }) => forget(id))
  // The welcome may not be requested yet; forgetting it first prevents that.
  for (const channel of Channel.enum) await forget(welcomeIdOf(userId, channel))
  // By the user, not by numbers: those of removed devices are known no longer, nor those of an attempt that has failed.
  await sms?.forget(userId)
  return { awaited: 0, counts: { notifications: count, devices: removed } }
}
