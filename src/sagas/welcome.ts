import { end, only, saga, send } from '#kernel'
import { account } from '../domains/identity/language.ts'
import {
  notification,
  templated,
  welcomeIdOf,
  type Channel,
} from '../domains/notifications/language.ts'
import { profile } from '../domains/profiles/language.ts'
import type { UserId } from '../domains/shared/index.ts'

/** Creates the profile of a new account, and sends a welcome in the app and by mail. */
export const welcome = saga({
  name: 'welcome',
  subject: 'Welcome',
  from: [account],
  to: [only(profile, 'CreateProfile'), only(notification, 'RequestNotification')],
  key: ({ id }) => id,
}).rules<null>({
  initialState: null,
  on: {
    UserRegistered: (_, { id: userId, data: { username, name } }) =>
      end(
        null,
        send(profile, userId, 'CreateProfile', {
          userId,
          username,
          ...(name !== undefined && { name }),
        }),
        greet(userId, 'in_app'),
        greet(userId, 'email'),
      ),
  },
})

const greet = (userId: UserId, channel: Channel) =>
  send(notification, welcomeIdOf(userId, channel), 'RequestNotification', {
    userId,
    channel,
    ...templated('welcome'),
  })
