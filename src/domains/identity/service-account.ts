import { Type, type Static } from 'typebox'
import {
  decider,
  Fields,
  Id,
  patternMessage,
  refuse,
  saysNo,
  secret,
  timeAfter,
  Timestamp,
} from '#kernel'
import { Code, Role } from '../shared/index.ts'

/** Id of the account of another system. */
export const ServiceAccountId = Id('ServiceAccountId')
export type ServiceAccountId = Static<typeof ServiceAccountId>

/** Limits of service accounts. */
export const serviceLimits = {
  /** Accounts of an Agora that are not revoked. */
  accounts: 100,
  /** Operations of an account. */
  operations: 200,
  /** Longest time that a replaced secret stays valid, in hours. */
  overlapHours: 7 * 24,
} as const

/** Name of another system, for admins and for logs. It is no free text, so that it holds nothing personal. */
export const ServiceName = patternMessage(
  'must be of small letters (a to z), digits and dashes, and begin with a letter',
  Type.String({ pattern: '^[a-z][a-z0-9-]*$', minLength: 2, maxLength: 63 }),
)

/** The rights of a service account: what it may call, and as what. */
export const rights = {
  /** Roles that the operations require. */
  roles: Type.Array(Role, { uniqueItems: true, maxItems: 4 }),
  /** Names of operations (`createPost`); it may call no others. */
  operations: Type.Array(Code(100), {
    minItems: 1,
    maxItems: serviceLimits.operations,
    uniqueItems: true,
  }),
}

/** SHA-256 of a secret of 32 random bytes: it cannot be guessed, so that a slow hash would add nothing. */
const SecretHash = secret(Code(64))
const RecordedHash = secret(Type.String({ minLength: 1, maxLength: 64 }))

/** Number of a secret: 1, and one more with each rotation. */
const SecretNumber = Type.Integer({ minimum: 1 })

/** How long the replaced secret stays valid, in hours; 0 for one that others may know. */
export const OverlapHours = Type.Integer({ minimum: 0, maximum: serviceLimits.overlapHours })

const hour = 60 * 60_000

const settings = { name: ServiceName, ...rights }
const recorded = {
  name: Type.String({ minLength: 1, maxLength: 63 }),
  roles: Type.Array(Role),
  operations: Type.Array(Type.String({ minLength: 1, maxLength: 100 })),
}

type Settings = {
  readonly name: string
  readonly roles: readonly Role[]
  readonly operations: readonly string[]
}

type Secret = { readonly number: number; readonly hash: string }

/** A service account that was created. */
export type ServiceAccount = Settings & {
  readonly secret: Secret
  /** The secret before the last rotation, and until when it is valid as well. */
  readonly previous?: Secret & { readonly until: string }
}

/** State of a service account. */
export type ServiceAccountState =
  | { readonly status: 'none' }
  | ({ readonly status: 'active' | 'revoked' } & ServiceAccount)

/**
 * The account of another system. It has no password, sessions or personal data: it exchanges its secret for short-lived access
 * tokens, and may call the operations that an admin has granted, no others.
 */
export const serviceAccount = decider({
  name: 'serviceAccount',
  id: ServiceAccountId,

  commands: {
    CreateServiceAccount: Fields(
      { ...settings, secretHash: SecretHash },
      { description: 'Create the account of another system, with its first secret.' },
    ),
    ChangeServiceAccount: Fields(settings, {
      description: 'Change name and rights. Tokens that were issued before have the new rights.',
    }),
    RotateServiceSecret: Fields(
      { number: SecretNumber, secretHash: SecretHash, overlapHours: OverlapHours },
      { description: 'Replace the secret; the previous one stays valid for some hours.' },
    ),
    RevokeServiceAccount: Fields(
      {},
      { description: 'End the account for good, with all its secrets and tokens.' },
    ),
  },

  events: {
    ServiceAccountCreated: Fields({ ...recorded, secretHash: RecordedHash }),
    ServiceAccountChanged: Fields(recorded),
    ServiceSecretRotated: Fields({
      number: SecretNumber,
      secretHash: RecordedHash,
      previousUntil: Timestamp,
    }),
    ServiceAccountRevoked: Fields({}),
  },

  refusals: {
    NoSuchServiceAccount: saysNo.notFound('There is no such service account.'),
    ServiceAccountRevoked: 'This service account was revoked; create another one.',
    SecretChanged:
      'The secret was rotated by another request meanwhile; look at the account before you rotate it again.',
  },
}).rules<ServiceAccountState>({
  initialState: { status: 'none' },

  decide: {
    CreateServiceAccount: (data, { status }) =>
      status === 'none' ? [{ type: 'ServiceAccountCreated', data }] : [],
    ChangeServiceAccount: (data, state) => {
      if (state.status === 'none') return refuse('NoSuchServiceAccount')
      if (state.status === 'revoked') return refuse('ServiceAccountRevoked')
      return isSame(state, data) ? [] : [{ type: 'ServiceAccountChanged', data }]
    },
    RotateServiceSecret: ({ overlapHours, ...secret }, state, { now }) => {
      if (state.status === 'none') return refuse('NoSuchServiceAccount')
      if (state.status === 'revoked') return refuse('ServiceAccountRevoked')
      if (secret.number !== state.secret.number + 1) return refuse('SecretChanged')
      const previousUntil = timeAfter(now, overlapHours * hour)
      return [{ type: 'ServiceSecretRotated', data: { ...secret, previousUntil } }]
    },
    RevokeServiceAccount: (_, { status }) => {
      if (status === 'none') return refuse('NoSuchServiceAccount')
      return status === 'revoked' ? [] : [{ type: 'ServiceAccountRevoked', data: {} }]
    },
  },

  evolve: {
    ServiceAccountCreated: (_, { secretHash, ...settings }) => ({
      status: 'active',
      ...settings,
      secret: { number: 1, hash: secretHash },
    }),
    ServiceAccountChanged: (state, settings) =>
      state.status === 'none' ? state : { ...state, ...settings },
    ServiceSecretRotated: (state, { number, secretHash, previousUntil }) =>
      state.status === 'none'
        ? state
        : {
            ...state,
            secret: { number, hash: secretHash },
            previous: { ...state.secret, until: previousUntil },
          },
    ServiceAccountRevoked: (state) =>
      state.status === 'none' ? state : { ...state, status: 'revoked' },
  },
})

const isSame = (a: Settings, b: Settings): boolean =>
  a.name === b.name &&
  a.roles.join() === b.roles.join() &&
  a.operations.join() === b.operations.join()

/**
 * Returns the secrets that are valid at a time, the present one first; none for an account that was revoked or never there.
 * @param now ISO 8601
 */
export const validSecrets = (state: ServiceAccountState, now: string): readonly Secret[] => {
  if (state.status !== 'active') return []
  const { secret: present, previous } = state
  return previous !== undefined && now < previous.until ? [present, previous] : [present]
}
