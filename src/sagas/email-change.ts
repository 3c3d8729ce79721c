import { after, become, minutes, only, rest, saga, send } from '#kernel'
import { account, email, emailChangeHolds, emailIdOf } from '../domains/identity/language.ts'

/** A link may have been followed in its last second, by somebody who is slow. */
const leeway = minutes(10)

/**
 * What follows from the wish to go by another address: the new one is made lasting and the old one let go when it comes
 * about, the new one is let go when it does not. All changes of one account are one run, so that what one of them lets
 * go cannot be what the next one has just taken; it rests in between.
 */
export const emailChange = saga({
  name: 'emailChange',
  subject: 'EmailChange',
  from: [account],
  to: [only(account, 'ExpireEmailChange'), only(email, 'ConfirmEmail', 'ReleaseEmail')],
  key: ({ id }) => id,
}).rules<null>({
  initialState: null,
  on: {
    EmailChangeRequested: (_, { id, data: { requestId } }) =>
      become(
        null,
        after(emailChangeHolds + leeway, send(account, id, 'ExpireEmailChange', { requestId })),
      ),

    EmailChanged: (_, { id: userId, data }) =>
      rest(
        null,
        send(email, emailIdOf(data.email), 'ConfirmEmail', { userId }),
        send(email, emailIdOf(data.previous), 'ReleaseEmail', { userId }),
      ),

    EmailChangeLapsed: (_, { id: userId, data }) =>
      rest(null, send(email, emailIdOf(data.email), 'ReleaseEmail', { userId })),
  },
})
