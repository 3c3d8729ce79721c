import { only, rest, saga, send } from '#kernel'
import { account, email, emailIdOf, username, usernameIdOf } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'

/**
 * What follows when somebody leaves, by deleting their profile or because their account was closed: each leads to the
 * other. The account's end ends all sessions; address and username are free again. What other contexts have of them is
 * looked up and forgotten by a job (`forget-person`) that answers to UserDeleted.
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
    // An account that is not there need not be closed: its refusal changes nothing.
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
