import { isRefusal } from '#kernel'
import { devices, notifications } from '../../../projections/index.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import { profile } from '../../profiles/language.ts'
import { kindOf, notification, pushIdOf, wordsAboutAPerson } from '../language.ts'
import { dueBy, unwantedBy } from '../services/delivery.ts'

/**
 * Requests a push message beside a notification in the app, where its kind uses push and its user has a browser for it and
 * wants it. Most users have none, and then nothing is recorded.
 */
export const pushAlong = job({
  name: 'push-along',
  from: [notification],
  on: {
    NotificationRequested: (event) => {
      const { userId, type } = event.data
      const due = kindOf(type).pushedAlong && dueBy('in_app')(event)
      return due ? { ...due, userId } : undefined
    },
  },
  run: async ({ notificationId, at, userId }, origin, { executor, readModels }) => {
    const where = { userId, kind: 'webpush' }
    const { documents } = await readModels.find(devices, { where, limit: 1, counted: false })
    if (documents.length === 0) return
    const { document } = await readModels.get(notifications, notificationId, BigInt(at))
    if (!document || document.read) return
    const { type, subject, text, template, orderId, postId } = document
    const { state: wishes } = await executor.stateOf(profile, userId)
    if (unwantedBy(wishes, { channel: 'push', type })) return
    const data = {
      userId,
      channel: 'push' as const,
      type,
      // Words without a template may be about a person.
      ...(template
        ? { subject, text, template }
        : { ...wordsAboutAPerson, letter: { subject, text } }),
      ...(orderId && { orderId }),
      ...(postId && { postId }),
      copyOf: notificationId,
    }
    const command = { type: 'RequestNotification' as const, data }
    const id = pushIdOf(notificationId)
    const answer = await executor.execute(notification, id, command, derivedOrigin(origin, id))
    if (isRefusal(answer)) throw new Error(`The push message was refused: ${answer.refused}`)
  },
  givenUp: { reportsNothing: 'the app shows the notification' },
  // A row of the queue for each would cost more than the look whether there is a device.
  options: { attempts: 5, bundle: { most: 25, within: 100 } },
})
