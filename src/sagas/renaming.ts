import { become, only, rest, saga, send } from '#kernel'
import { username, usernameIdOf } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'
import type { UserId } from '../domains/shared/index.ts'

type State = null | {
  readonly userId: UserId
  /** Username before the last change. */
  readonly previous: string
  /** Number of consecutive names that other users had claimed. */
  readonly lost: number
}

/**
 * Confirms the claim on a new username, which expires after a minute, and releases the old one. If another user has
 * claimed the new one since, the user gets the old one back; if that is taken as well, a name made of the user's id.
 */
export const renaming = saga({
  name: 'renaming',
  subject: 'Renaming',
  from: [profile],
  to: [only(username, 'ConfirmUsername', 'ReleaseUsername'), only(profile, 'UpdateProfile')],
  key: ({ id }) => id,
  personal: ['previous'],
}).rules<State>({
  initialState: null,
  on: {
    UserUpdated: (state, { id: userId, data }) => {
      const { username: next, previousUsername: previous } = data
      if (next === undefined || previous === undefined) return become(state)
      const [taken, given] = [usernameIdOf(next), usernameIdOf(previous)]
      // Another spelling of the same name is the user's already.
      if (taken === given) return become(state)
      return rest(
        { userId, previous, lost: state?.previous === next ? state.lost : 0 },
        send(username, taken, 'ConfirmUsername', { userId }),
        send(username, given, 'ReleaseUsername', { userId }),
      )
    },
    // Released here as well as in `farewell`, which does not know whether a claim is being confirmed.
    UserDeleted: (state, { id: userId, data: { username: name } }) =>
      state === null || name === undefined
        ? become(state)
        : rest(state, send(username, usernameIdOf(name), 'ReleaseUsername', { userId })),
  },
  refused: {
    ConfirmUsername: (state) => {
      if (state === null) return become(state)
      const { userId, previous, lost } = state
      const name = lost === 0 ? previous : `user-${userId.replaceAll('-', '')}`
      return rest(
        { ...state, lost: lost + 1 },
        send(profile, userId, 'UpdateProfile', { username: name }),
      )
    },
  },
})
