import { become, only, rest, saga, send } from '#kernel'
import { account } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'

/** Who says what they are as a seller may sell. */
export const selling = saga({
  name: 'selling',
  subject: 'Selling',
  from: [profile],
  to: [only(account, 'GrantRole')],
  key: ({ id }) => id,
}).rules<'none' | 'asked'>({
  initialState: 'none',
  on: {
    // Once: a role that was taken away does not come back by another word about themselves.
    SellerProfileActivated: (state, { id }) =>
      state === 'asked'
        ? become(state)
        : rest('asked', send(account, id, 'GrantRole', { role: 'seller' })),
  },
})
