import { Type } from 'typebox'
import { decider, Fields, personal, refuse, secret, Timestamp } from '#kernel'
import { SessionId, Text, UserId } from '../shared/index.ts'

const opening = {
  userId: UserId,
  /** Only the hash of the refresh token is ever recorded. */
  refreshHash: secret(Type.String({ minLength: 1, maxLength: 500 })),
  expiresAt: Timestamp,
  userAgent: Type.Optional(Text(0, 1_000)),
  ip: Type.Optional(personal(Type.String({ maxLength: 64 }))),
}

type State =
  | { readonly status: 'new' }
  | {
      readonly status: 'open'
      readonly userId: UserId
      readonly refreshHash: string
      readonly expiresAt: string
    }

/** One sign-in of a user, on one device. */
export const session = decider({
  name: 'session',
  id: SessionId,
  commands: { OpenSession: Fields(opening, { description: 'Record that a user signed in.' }) },
  events: { UserLoggedIn: Fields(opening) },
  refusals: { AlreadyOpen: 'This session belongs to someone else.' },
}).rules<State>({
  initialState: { status: 'new' },
  decide: {
    OpenSession: (data, state) => {
      if (state.status === 'new') return [{ type: 'UserLoggedIn', data }]
      return state.userId === data.userId ? [] : refuse('AlreadyOpen')
    },
  },
  evolve: {
    UserLoggedIn: (_, { userId, refreshHash, expiresAt }) => ({
      status: 'open',
      userId,
      refreshHash,
      expiresAt,
    }),
  },
})
