import { become, end, only, saga, send } from '#kernel'
import {
  account,
  email,
  emailIdOf,
  username,
  usernameIdOf,
  type EmailId,
  type UsernameId,
} from '../domains/identity/language.ts'
import type { UserId } from '../domains/shared/index.ts'

type State = null | {
  readonly userId: UserId
  readonly emailId: EmailId
  readonly usernameId: UsernameId
}

/**
 * Confirms the claims on address and username of a new account, which expire after a minute. If another account has
 * claimed the address or the name since, the account is closed again.
 */
export const registration = saga({
  name: 'registration',
  subject: 'Registration',
  from: [account],
  to: [
    only(account, 'CloseAccount'),
    only(email, 'ConfirmEmail', 'ReleaseEmail'),
    only(username, 'ConfirmUsername', 'ReleaseUsername'),
  ],
  key: ({ id }) => id,
}).rules<State>({
  initialState: null,
  on: {
    UserRegistered: (_, { id: userId, data }) => {
      const emailId = emailIdOf(data.email)
      const usernameId = usernameIdOf(data.username)
      return end(
        { userId, emailId, usernameId },
        send(email, emailId, 'ConfirmEmail', { userId }),
        send(username, usernameId, 'ConfirmUsername', { userId }),
      )
    },
  },
  refused: {
    ConfirmEmail: (state) => close(state, 'email_taken'),
    ConfirmUsername: (state) => close(state, 'username_taken'),
  },
})

// Only the owner's release has an effect, so a claim of another account remains.
const close = (state: State, reason: string) =>
  state === null
    ? become(state)
    : end(
        state,
        send(account, state.userId, 'CloseAccount', { reason }),
        send(email, state.emailId, 'ReleaseEmail', { userId: state.userId }),
        send(username, state.usernameId, 'ReleaseUsername', { userId: state.userId }),
      )
