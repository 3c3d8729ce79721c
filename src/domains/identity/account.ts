import { Type, type Static } from 'typebox'
import { decider, Fields, personal, refuse, secret } from '#kernel'
import { Reason, Text, UserId } from '../shared/index.ts'
import { EmailAddress } from './email.ts'
import { Username } from './username.ts'

/** What a user may do. */
export const Role = Type.Enum(['buyer', 'seller', 'analyst', 'admin'])
export type Role = Static<typeof Role>

const Roles = Type.Array(Role, { uniqueItems: true, maxItems: 4 })

const person = {
  userId: UserId,
  email: personal(EmailAddress),
  username: personal(Username),
  name: Type.Optional(personal(Text(1, 255))),
  roles: Roles,
}

/** A password as it may be kept: its hash, in the PHC string format. */
const PasswordHash = secret(Type.String({ minLength: 1, maxLength: 500 }))

type Person = {
  readonly email: string
  readonly username: string
  readonly name?: string
  readonly roles: readonly Role[]
  readonly passwordHash: string
}

type State =
  | { readonly status: 'new' }
  | ({ readonly status: 'active' } & Person)
  | ({ readonly status: 'closed' } & Person)

/** A user's account: who they are, how they prove it, and what they may do. */
export const account = decider({
  name: 'account',
  id: UserId,

  commands: {
    RegisterAccount: Fields(
      { ...person, passwordHash: PasswordHash },
      { description: 'Open an account. E-mail address and username must have been claimed.' },
    ),
    SetPassword: Fields(
      { passwordHash: PasswordHash },
      { description: 'Replace the password by a new one.' },
    ),
    GrantRole: Fields({ role: Role }, { description: 'Allow the user what the role allows.' }),
    RevokeRole: Fields({ role: Role }, { description: 'Take a role away.' }),
    CloseAccount: Fields({ reason: Reason }, { description: 'End the account for good.' }),
  },

  events: {
    UserRegistered: Fields(person),
    PasswordSet: Fields({ passwordHash: PasswordHash }),
    RoleGranted: Fields({ role: Role }),
    RoleRevoked: Fields({ role: Role }),
    AccountClosed: Fields({ reason: Reason }),
  },

  refusals: {
    NoSuchAccount: 'There is no such account.',
    AlreadyRegistered: 'This account was registered before, for another address or username.',
    Closed: 'This account was closed.',
  },
}).rules<State>({
  initialState: { status: 'new' },

  decide: {
    RegisterAccount: ({ passwordHash, ...registration }, state) => {
      if (state.status === 'new')
        return [
          { type: 'UserRegistered', data: registration },
          { type: 'PasswordSet', data: { passwordHash } },
        ]
      const same = state.email === registration.email && state.username === registration.username
      return same ? [] : refuse('AlreadyRegistered')
    },

    SetPassword: ({ passwordHash }, state) => {
      if (state.status !== 'active') return refuse(absence(state.status))
      return state.passwordHash === passwordHash
        ? []
        : [{ type: 'PasswordSet', data: { passwordHash } }]
    },

    GrantRole: ({ role }, state) => {
      if (state.status !== 'active') return refuse(absence(state.status))
      return state.roles.includes(role) ? [] : [{ type: 'RoleGranted', data: { role } }]
    },

    RevokeRole: ({ role }, state) => {
      if (state.status !== 'active') return refuse(absence(state.status))
      return state.roles.includes(role) ? [{ type: 'RoleRevoked', data: { role } }] : []
    },

    CloseAccount: ({ reason }, { status }) => {
      if (status === 'new') return refuse('NoSuchAccount')
      return status === 'closed' ? [] : [{ type: 'AccountClosed', data: { reason } }]
    },
  },

  evolve: {
    UserRegistered: (_, { email, username, name, roles }) => ({
      status: 'active',
      email,
      username,
      ...(name !== undefined && { name }),
      roles,
      passwordHash: '',
    }),
    PasswordSet: (state, { passwordHash }) => changed(state, () => ({ passwordHash })),
    RoleGranted: (state, { role }) => changed(state, ({ roles }) => ({ roles: [...roles, role] })),
    RoleRevoked: (state, { role }) =>
      changed(state, ({ roles }) => ({ roles: roles.filter((held) => held !== role) })),
    AccountClosed: (state) => (state.status === 'new' ? state : { ...state, status: 'closed' }),
  },
})

const absence = (status: 'new' | 'closed') => (status === 'new' ? 'NoSuchAccount' : 'Closed')

const changed = (state: State, change: (person: Person) => Partial<Person>): State =>
  state.status === 'new' ? state : { ...state, ...change(state) }
