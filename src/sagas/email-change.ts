import { after, become, minutes, only, rest, saga, send } from '#kernel'
import { account, email, emailChangeHolds, emailIdOf } from '../domains/identity/language.ts'

/** Grace period after the link's expiry, for a request that was sent in its last second. */
const leeway = minutes(10)

/**
 * Reserves and releases addresses for a change of e-mail address: when it is confirmed, the new address is reserved for
 * good and the old one released; when it lapses, the new one is released. All changes of an account are one run, so that
 * a release cannot hit an address that the next change has just claimed; the run rests in between.
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
