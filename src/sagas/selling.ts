import { become, only, rest, saga, send } from '#kernel'
import { account } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'

/** Grants the role of a seller to users who activate a seller's profile. */
export const selling = saga({
  name: 'selling',
  subject: 'Selling',
  from: [profile],
  to: [only(account, 'GrantRole')],
  key: ({ id }) => id,
}).rules<'none' | 'asked'>({
  initialState: 'none',
  on: {
    // Once only: changing the seller's profile does not restore a revoked role.
    SellerProfileActivated: (state, { id }) =>
      state === 'asked'
        ? become(state)
        : rest('asked', send(account, id, 'GrantRole', { role: 'seller' })),
  },
})
