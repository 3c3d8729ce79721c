import { Type } from 'typebox'
import { decider, Fields, personal, refuse, secret, Timestamp, saysNo } from '#kernel'
import { Code, Name, Reason, RecordedReason, SessionId, Text, UserId } from '../shared/index.ts'
import { CredentialsCount, Era } from './account-messages.ts'

/** Hash of a refresh token; the token itself is never recorded. */
const RefreshHash = secret(Code(500))
const RecordedHash = secret(Type.String({ minLength: 1, maxLength: 500 }))

/** Number of replacements of a session's refresh token. */
const Rotation = Type.Integer({ minimum: 0 })

const opening = {
  userId: UserId,
  refreshHash: RefreshHash,
  expiresAt: Timestamp,
  userAgent: Type.Optional(personal(Name(1, 1_000))),
  ip: Type.Optional(personal(Code(64))),
  /** The device had no cookie of an earlier sign-in of the user. */
  newDevice: Type.Optional(Type.Literal(true)),
  /** Era of the account at the sign-in; missing for the first one. */
  era: Type.Optional(Era),
  /** Number of changes of the account's credentials before the sign-in; missing for 0. */
  credentials: Type.Optional(CredentialsCount),
  /** Time of the authentication; missing in old sessions. */
  openedAt: Type.Optional(Timestamp),
}

/** Schemas of recorded events: older ones have any texts. */
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
  /** It was revoked; requests that were started in it are invalid as well. */
  readonly revoked?: true
  /** Its expiry was recorded. */
  readonly expired?: true
  /** Its user has left, and its data are erased. */
  readonly forgotten?: true
  /** Previous token, and the time of its replacement. */
  readonly before?: { readonly refreshHash: string; readonly rotatedAt: string }
}

type State =
  | { readonly status: 'new' }
  | ({ readonly status: 'open' } & Session)
  | ({ readonly status: 'ended' } & Session)

/**
 * Time after its replacement in which a refresh token still gets its successor, in ms: an answer may be lost, and two tabs
 * of one browser may refresh at once.
 */
const refreshGrace = 10_000

/**
 * One sign-in of a user, on one device. Its refresh token is valid for one use, which replaces it; a reused token was
 * stolen by one of its two senders, so the session ends for both (RFC 9700 §4.14.2).
 */
export const session = decider({
  name: 'session',
  id: SessionId,
  commands: {
    OpenSession: Fields(opening, { description: 'Record that a user signed in.' }),
    RotateRefreshToken: Fields(
      { rotation: Rotation, refreshHash: RefreshHash, nextHash: RefreshHash },
      { description: 'Replace a refresh token, whose signature was verified, by the next one.' },
    ),
    LogOut: Fields({}, { description: 'End the session, on request of its user.' }),
    RevokeSession: Fields({ reason: personal(Reason) }, { description: 'Revoke the session.' }),
    ExpireSession: Fields({}, { description: 'Record that the session has expired.' }),
    ForgetSession: Fields(
      {},
      { description: 'Erase the data of the session, as its user has left.' },
    ),
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
    /** The reason may be a person's own words. */
    SessionRevoked: Fields({ userId: UserId, reason: personal(RecordedReason) }),
    /** It is removed from the list of sessions. */
    SessionExpired: Fields({ userId: UserId }),
    SessionForgotten: Fields({ userId: UserId }),
  },
  refusals: {
    AlreadyOpen: 'This session belongs to someone else.',
    NoSuchSession: saysNo.notFound('There is no such session.'),
    SessionEnded: 'This session has ended; sign in again.',
    StillGood: 'This session has not expired yet.',
    NotItsToken: 'This refresh token does not belong to this session; sign in again.',
  },
}).rules<State>({
  initialState: { status: 'new' },
  closed: { when: ({ status }) => status === 'ended', afterDays: 30 },
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

/** Greatest difference between the clocks of processes, in ms: a recent replacement may seem to be in the future. */
const clockError = 2_000

/** Returns whether a token was replaced just now. A replacement in the future means that the clock was set back. */
const isWithinGrace = (rotatedAt: string, now: string): boolean => {
  const age = Date.parse(now) - Date.parse(rotatedAt)
  return age >= -clockError && age <= refreshGrace
}

const ended = (state: State): State =>
  state.status === 'new' ? state : { ...state, status: 'ended' }
