import { isRefusal } from '#kernel'
import { job } from '../../../serving/job.ts'
import { notification, rejectionNewsIdOf, templated } from '../../notifications/language.ts'
import { profile } from '../../profiles/language.ts'
import { media } from '../language.ts'

/** Notifies the owner of a picture that was rejected after its upload, while the owner is there. */
export const notifyOfRejections = job({
  name: 'notify-of-rejections',
  from: [media],
  on: {
    MediaRejected: ({ id: mediaId, data: { userId, reason } }) => ({ mediaId, userId, reason }),
  },
  run: async ({ mediaId, userId, reason }, origin, { executor }) => {
    // The job may run long after the event, also after the user has left.
    const { state: owner } = await executor.stateOf(profile, userId)
    if (owner.status !== 'active') return
    const data = {
      userId,
      channel: 'in_app' as const,
      ...templated('media_rejected', { reason }),
    }
    const command = { type: 'RequestNotification' as const, data }
    const answer = await executor.execute(notification, rejectionNewsIdOf(mediaId), command, origin)
    if (isRefusal(answer)) throw new Error(`The notification was refused: ${answer.refused}`)
  },
  givenUp: { reportsNothing: 'the file shows that it was rejected' },
})
