import { end, only, saga, send } from '#kernel'
import { media } from '../domains/media/language.ts'
import { notification, rejectionNewsIdOf, templated } from '../domains/notifications/language.ts'

/** Notifies the owner of a picture that was rejected after its upload. */
export const rejecting = saga({
  name: 'rejecting',
  subject: 'Rejection of a file',
  from: [media],
  to: [only(notification, 'RequestNotification')],
  key: ({ id }) => id,
}).rules<null>({
  initialState: null,
  on: {
    MediaRejected: (_, { id, data: { userId, reason } }) =>
      end(
        null,
        send(notification, rejectionNewsIdOf(id), 'RequestNotification', {
          userId,
          channel: 'in_app',
          ...templated('media_rejected', { reason }),
        }),
      ),
  },
})
