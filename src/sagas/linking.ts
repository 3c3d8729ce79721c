import { only, rest, saga, send } from '#kernel'
import { account, externalIdentity } from '../domains/identity/language.ts'

/**
 * What follows when an account gets another way to sign in, or loses one: the claim on the external identity, which
 * holds for a minute only, becomes lasting, or is given up. If that took too long, and someone else has the identity by
 * now, the account does without. All ways of one account are one run, so that what was removed last stays removed.
 */
export const linking = saga({
  name: 'linking',
  subject: 'Linking',
  from: [account],
  to: [
    only(externalIdentity, 'LinkOAuthIdentity', 'ReleaseOAuthIdentity'),
    only(account, 'LoseSignIn'),
  ],
  key: ({ id }) => id,
}).rules<null>({
  initialState: null,
  on: {
    SignInAdded: (_, { id: userId, data: { identityId, provider } }) =>
      rest(null, send(externalIdentity, identityId, 'LinkOAuthIdentity', { userId, provider })),
    SignInRemoved: (_, { id: userId, data: { identityId } }) =>
      rest(null, send(externalIdentity, identityId, 'ReleaseOAuthIdentity', { userId })),
  },
  refused: {
    LinkOAuthIdentity: (_, { id: identityId, data: { userId } }) =>
      rest(null, send(account, userId, 'LoseSignIn', { identityId })),
  },
})
