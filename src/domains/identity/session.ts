import { Type } from 'typebox'
import { decider, Fields, personal, refuse, secret, Timestamp, saysNo } from '#kernel'
import { Code, Name, Reason, RecordedReason, SessionId, Text, UserId } from '../shared/index.ts'
import { CredentialsCount, Era } from './account-messages.ts'

/** Only the hashes of refresh tokens are ever recorded. */
const RefreshHash = secret(Code(500))
const RecordedHash = secret(Type.String({ minLength: 1, maxLength: 500 }))

/** How often a session's refresh token has been replaced by the next one. */
const Rotation = Type.Integer({ minimum: 0 })

const opening = {
  userId: UserId,
  refreshHash: RefreshHash,
  expiresAt: Timestamp,
  userAgent: Type.Optional(personal(Name(1, 1_000))),
  ip: Type.Optional(personal(Code(64))),
  /** The user had not signed in on this device before, as far as it says. */
  newDevice: Type.Optional(Type.Literal(true)),
  /** The account's era at the sign-in, when it was not the first. */
  era: Type.Optional(Era),
  /** How often the account's credentials had changed at the sign-in, when they had. */
  credentials: Type.Optional(CredentialsCount),
  /** When the user showed who they are; sessions of long ago do not say. */
  openedAt: Type.Optional(Timestamp),
}

/** As it was recorded: once, its texts could be any. */
const recorded = {
  ...opening,
  refreshHash: RecordedHash,
  userAgent: Type.Optional(personal(Text(0, 1_000))),
  ip: Type.Optional(personal(Type.String({ maxLength: 64 }))),
}

type Session = {
  readonly userId: UserId
  readonly era: number
  readonly credentials: number
  readonly openedAt?: string
  readonly expiresAt: string
  readonly rotation: number
  readonly refreshHash: string
  /** It was ended from elsewhere: what was begun in it is over as well. */
  readonly revoked?: true
  /** It was noted that its time is over. */
  readonly expired?: true
  /** Its user has left, and where they had signed in is forgotten. */
  readonly forgotten?: true
  /** The token before, and when it was replaced. */
  readonly before?: { readonly refreshHash: string; readonly rotatedAt: string }
}

type State =
  | { readonly status: 'new' }
  | ({ readonly status: 'open' } & Session)
  | ({ readonly status: 'ended' } & Session)

/**
 * How long a refresh token that was just replaced still gets its successor, in ms: an answer may be lost on the way,
 * and two tabs of one browser may ask at once.
 */
const refreshGrace = 10_000

/**
 * One sign-in of a user, on one device. Its refresh token is good for one use, which replaces it; one that comes a
 * second time was stolen, from whoever comes first or from whoever comes second, so that the session ends for both
 * (RFC 9700 §4.14.2).
 */
export const session = decider({
  name: 'session',
  id: SessionId,
  commands: {
    OpenSession: Fields(opening, { description: 'Record that a user signed in.' }),
    RotateRefreshToken: Fields(
      { rotation: Rotation, refreshHash: RefreshHash, nextHash: RefreshHash },
      { description: 'Replace a refresh token, which was found to be ours, by the next one.' },
    ),
    LogOut: Fields({}, { description: 'End the session, as its user asks.' }),
    RevokeSession: Fields(
      { reason: personal(Reason) },
      { description: 'End the session from elsewhere.' },
    ),
    ExpireSession: Fields({}, { description: 'Record that its time is over.' }),
    ForgetSession: Fields({}, { description: 'Erase where its departed user signed in.' }),
  },
  events: {
    UserLoggedIn: Fields(recorded),
    RefreshTokenRotated: Fields({
      rotation: Rotation,
      refreshHash: RecordedHash,
      rotatedAt: Timestamp,
    }),
    RefreshTokenReuseDetected: Fields({ userId: UserId, rotation: Rotation }),
    UserLoggedOut: Fields({ userId: UserId }),
    /** The reason may be in somebody's own words. */
    SessionRevoked: Fields({ userId: UserId, reason: personal(RecordedReason) }),
    /** Nobody needs to see it any more. */
    SessionExpired: Fields({ userId: UserId }),
    SessionForgotten: Fields({ userId: UserId }),
  },
  refusals: {
    AlreadyOpen: 'This session belongs to someone else.',
    NoSuchSession: saysNo.notFound('There is no such session.'),
    SessionEnded: 'This session has ended; sign in again.',
    StillGood: 'This session has not expired yet.',
    NotItsToken: 'This is no refresh token of this session; sign in again.',
  },
}).rules<State>({
  initialState: { status: 'new' },
  stateVersion: 4,

  decide: {
    OpenSession: (data, state) => {
      if (state.status === 'new') return [{ type: 'UserLoggedIn', data }]
      return state.userId === data.userId ? [] : refuse('AlreadyOpen')
    },

    RotateRefreshToken: ({ rotation, refreshHash, nextHash }, state, { now }) => {
      if (state.status === 'new') return refuse('NoSuchSession')
      if (state.status === 'ended' || now >= state.expiresAt) return refuse('SessionEnded')
      const { userId, before } = state
      if (rotation > state.rotation) return refuse('NotItsToken')
      if (rotation === state.rotation)
        return refreshHash === state.refreshHash
          ? [
              {
                type: 'RefreshTokenRotated',
                data: { rotation: rotation + 1, refreshHash: nextHash, rotatedAt: now },
              },
            ]
          : refuse('NotItsToken')
      const last = rotation === state.rotation - 1 ? before : undefined
      if (last && last.refreshHash !== refreshHash) return refuse('NotItsToken')
      if (last && isWithinGrace(last.rotatedAt, now)) return []
      return [
        { type: 'RefreshTokenReuseDetected', data: { userId, rotation } },
        { type: 'SessionRevoked', data: { userId, reason: 'refresh_token_reused' } },
      ]
    },

    LogOut: (_, state) => {
      if (state.status === 'new') return refuse('NoSuchSession')
      return state.status === 'ended'
        ? []
        : [{ type: 'UserLoggedOut', data: { userId: state.userId } }]
    },

    RevokeSession: ({ reason }, state) => {
      if (state.status === 'new') return refuse('NoSuchSession')
      return state.status === 'ended'
        ? []
        : [{ type: 'SessionRevoked', data: { userId: state.userId, reason } }]
    },

    ExpireSession: (_, state, { now }) => {
      if (state.status === 'new') return refuse('NoSuchSession')
      if (now < state.expiresAt) return refuse('StillGood')
      return state.expired ? [] : [{ type: 'SessionExpired', data: { userId: state.userId } }]
    },

    ForgetSession: (_, state) => {
      if (state.status === 'new') return refuse('NoSuchSession')
      return state.forgotten ? [] : [{ type: 'SessionForgotten', data: { userId: state.userId } }]
    },
  },

  evolve: {
    UserLoggedIn: (_, { userId, refreshHash, expiresAt, era = 0, credentials = 0, openedAt }) => ({
      status: 'open',
      userId,
      era,
      credentials,
      refreshHash,
      rotation: 0,
      ...(openedAt !== undefined && { openedAt }),
      expiresAt,
    }),
    RefreshTokenRotated: (state, { rotation, refreshHash, rotatedAt }) =>
      state.status === 'new'
        ? state
        : {
            ...state,
            rotation,
            refreshHash,
            before: { refreshHash: state.refreshHash, rotatedAt },
          },
    RefreshTokenReuseDetected: (state) => state,
    UserLoggedOut: (state) => ended(state),
    SessionRevoked: (state) =>
      state.status === 'new' ? state : { ...state, status: 'ended', revoked: true },
    SessionExpired: (state) =>
      state.status === 'new' ? state : { ...state, status: 'ended', expired: true },
    SessionForgotten: (state) =>
      state.status === 'new' ? state : { ...state, status: 'ended', forgotten: true },
  },
})

/** Processes that have one clock have it so exactly, in ms: what was just done elsewhere may seem to be yet to come. */
const clockError = 2_000

/** Whether a token was replaced just now. One that will only be replaced is of a clock that was set back since. */
const isWithinGrace = (rotatedAt: string, now: string): boolean => {
  const age = Date.parse(now) - Date.parse(rotatedAt)
  return age >= -clockError && age <= refreshGrace
}

const ended = (state: State): State =>
  state.status === 'new' ? state : { ...state, status: 'ended' }
