import { Type, type Static } from 'typebox'
import { Fields, isRefusal, type CommandOf } from '#kernel'
import { account } from '../language.ts'
import { Reason, UserId, Role } from '../../shared/index.ts'
import { accounts, AccountStatus } from '../../../projections/index.ts'
import type { DocumentOf } from '#kernel'
import { step } from '../services/accounts.ts'
import { Fresh, listed, ListOf, ListQuery, minPositionOf } from '../../../serving/lists.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { readOne } from '../../../runtime/reading.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { Caller } from '../../../serving/caller.ts'
import { route } from '../../../serving/route.ts'

/** A user account, as shown to admins. */
const AnyUser = Type.Object({
  id: UserId,
  email: Type.Optional(Type.String({ description: 'Removed when the account is closed' })),
  emailVerified: Type.Boolean(),
  username: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  roles: Type.Array(Role),
  status: AccountStatus,
  createdAt: Type.String(),
  updatedAt: Type.String(),
})

const Changing = Fields({
  roles: Type.Optional(Type.Array(Role, { uniqueItems: true, maxItems: 4 })),
  suspended: Type.Optional(Type.Boolean()),
  reason: Type.Optional(Reason),
})

/** Removes the credentials, which admins must not see. */
const shown = (document: DocumentOf<typeof accounts>): Static<typeof AnyUser> => {
  const { passwordHash: _, roleNames: __, ...user } = document
  return user
}

type Account = { readonly status: string; readonly roles: readonly Role[] }

/** Returns the commands that lead to the requested roles and suspension. */
const commandsFor = (
  { roles: held, status }: Account,
  { roles, suspended, reason = 'by an admin' }: Static<typeof Changing>,
): CommandOf<typeof account>[] => [
  ...(roles ?? [])
    .filter((role) => !held.includes(role))
    .map((role) => ({ type: 'GrantRole', data: { role } }) as const),
  ...held
    .filter((role) => roles !== undefined && !roles.includes(role))
    .map((role) => ({ type: 'RevokeRole', data: { role } }) as const),
  ...(suspended === true && status !== 'suspended'
    ? [{ type: 'SuspendAccount', data: { reason } } as const]
    : []),
  ...(suspended === false && status === 'suspended'
    ? [{ type: 'ResumeAccount', data: {} } as const]
    : []),
]

/** Refuses that admins revoke their own role or suspend themselves, so that one admin always remains. */
const mustRemain = (
  { id }: Caller,
  userId: UserId,
  { roles, suspended }: Static<typeof Changing>,
): void => {
  if (id !== userId) return
  if (roles !== undefined && !roles.includes('admin'))
    throw new Problem(
      409,
      'own_admin_role',
      'You cannot take the role admin from yourself; ask another admin to.',
      [{ field: 'roles', message: 'must include admin, as this is you' }],
    )
  if (suspended === true)
    throw new Problem(409, 'own_suspension', 'You cannot suspend yourself; ask another admin to.', [
      { field: 'suspended', message: 'must not be true, as this is you' },
    ])
}

const shownStatus = { active: 'ACTIVE', suspended: 'SUSPENDED', closed: 'CLOSED' } as const

/** Returns the command that reverts a change. */
const undoing = ({ roles, status }: Account): Static<typeof Changing> => ({
  roles: [...roles],
  suspended: status === 'suspended',
})

/** Routes of the administration of accounts. */
export const adminUserRoutes = [
  route({
    method: 'GET',
    url: '/admin/users',
    access: 'admin',
    operationId: 'listUsers',
    summary: 'All user accounts',
    query: ListQuery(['createdAt', 'updatedAt', 'email', 'username'], {
      status: Type.Optional(AccountStatus),
      role: Type.Optional(Role),
      q: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 254,
          description: 'Part of the address, the username or the name, case-insensitive',
        }),
      ),
    }),
    data: ListOf('users', AnyUser),
    handle: async ({ query }, ports) => {
      const { status, role, q } = query
      const { documents, info, position } = await listed(
        ports,
        accounts,
        query,
        { status, roleNames: role === undefined ? undefined : { contains: role } },
        q === undefined
          ? {}
          : { anyOf: ['email', 'username', 'name'].map((field) => ({ [field]: { contains: q } })) },
      )
      return { data: { users: documents.map(shown), ...info }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/admin/users/:id',
    access: 'admin',
    operationId: 'getUser',
    summary: 'A user account',
    params: Fields({ id: UserId }),
    query: Fresh,
    data: AnyUser,
    problems: [404],
    handle: async ({ params: { id }, query }, { readModels }) => {
      const { document, position } = await readOne(readModels, accounts, id, minPositionOf(query))
      if (!document) throw notFound('user')
      return { data: shown(document), position }
    },
  }),

  route({
    method: 'PATCH',
    url: '/admin/users/:id',
    access: 'admin',
    operationId: 'changeUser',
    summary: 'Set the roles of a user, or suspend them',
    description:
      'Omitted fields stay unchanged. A suspension ends all sessions; a revoked role invalidates the current tokens; a granted role comes with the next token, from `/auth/refresh` or a sign-in.',
    params: Fields({ id: UserId }),
    body: Changing,
    example: { roles: ['buyer', 'seller'] },
    data: Type.Object({
      id: UserId,
      roles: Type.Array(Role),
      status: AccountStatus,
    }),
    problems: [404, 409],
    handle: async ({ params: { id }, body, caller, origin }, { executor }) => {
      mustRemain(caller, id, body)
      const found = await executor.stateOf(account, id)
      const { state: before } = found
      if (before.status === 'new') throw notFound('user')
      let { state, position } = found
      for (const command of commandsFor(before, body)) {
        const name = 'role' in command.data ? `${command.type}:${command.data.role}` : command.type
        const answer = await executor.execute(account, id, command, step(origin, name))
        if (isRefusal(answer)) throw refusalProblem(account, answer)
        ;({ state, position } = answer)
      }
      if (state.status === 'new') throw notFound('user')
      // Two admins who revoke each other's role at once would leave none: the change of a dismissed admin is reverted.
      const { state: mine } = await executor.stateOf(account, caller.id)
      if (mine.status !== 'active' || !mine.roles.includes('admin')) {
        for (const command of commandsFor(state, undoing(before)))
          await executor.execute(account, id, command, step(origin, `undo:${command.type}`))
        throw new Problem(
          409,
          'dismissed',
          'Your role as an admin was revoked meanwhile; nothing was changed.',
        )
      }
      const { roles, status } = state
      return { data: { id, roles: [...roles], status: shownStatus[status] }, position }
    },
  }),
]
