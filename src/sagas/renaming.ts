import { become, only, rest, saga, send } from '#kernel'
import { username, usernameIdOf } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'
import type { UserId } from '../domains/shared/index.ts'

type State = null | {
  readonly userId: UserId
  /** The name that was theirs before the last change. */
  readonly previous: string
  /** How often in a row a name was lost to somebody else. */
  readonly lost: number
}

/**
 * What follows a change of username: the claim on the new one, which holds for a minute only, becomes lasting, and the
 * old one is free again. If that took too long, and someone else has the new one by now, the user goes back to the old
 * one; and if that is gone as well, to one that nobody else can have wanted.
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
      // The same name, written in another way, is theirs already.
      if (taken === given) return become(state)
      return rest(
        { userId, previous, lost: state?.previous === next ? state.lost : 0 },
        send(username, taken, 'ConfirmUsername', { userId }),
        send(username, given, 'ReleaseUsername', { userId }),
      )
    },
    // Here as well as in `farewell`, which does not know whether a claim is being made lasting just now.
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
