import { only, rest, saga, send } from '#kernel'
import { account, externalIdentity } from '../domains/identity/language.ts'

/**
 * Links and unlinks external identities as an account gets or loses a sign-in: the claim on the identity, which expires
 * after a minute, is confirmed or released. If another account has claimed the identity since, the sign-in is removed from
 * this account. All sign-ins of an account are one run, so that their order is preserved.
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
