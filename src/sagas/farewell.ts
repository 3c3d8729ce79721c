import { only, rest, saga, send } from '#kernel'
import { account, email, emailIdOf, username, usernameIdOf } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'

/**
 * Closes the account of a deleted profile, and deletes the profile of a closed account. Closing the account ends all
 * sessions; address and username are released. The job `forget-person`, started by UserDeleted, erases the user's data in
 * other contexts.
 */
export const farewell = saga({
  name: 'farewell',
  subject: 'Farewell',
  from: [profile, account],
  to: [
    only(account, 'CloseAccount'),
    only(email, 'ReleaseEmail'),
    only(username, 'ReleaseUsername'),
    only(profile, 'DeleteProfile'),
  ],
  key: ({ id }) => id,
}).rules<'here' | 'leaving'>({
  initialState: 'here',
  on: {
    // The account may not exist; its refusal needs no rule.
    UserDeleted: (_, { id: userId, data: { username: name } }) =>
      rest(
        'leaving',
        send(account, userId, 'CloseAccount', { reason: 'deleted' }),
        ...(name === undefined
          ? []
          : [send(username, usernameIdOf(name), 'ReleaseUsername', { userId })]),
      ),
    AccountClosed: (_, { id: userId, data: { email: address, username: name } }) =>
      rest(
        'leaving',
        ...(address === undefined
          ? []
          : [send(email, emailIdOf(address), 'ReleaseEmail', { userId })]),
        ...(name === undefined
          ? []
          : [send(username, usernameIdOf(name), 'ReleaseUsername', { userId })]),
        send(profile, userId, 'DeleteProfile'),
      ),
  },
})
