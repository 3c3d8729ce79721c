import { createHmac, randomUUID } from 'node:crypto'
import { derivedId, derivedUuid, digest, isRefusal } from '#kernel'
import {
  account,
  email,
  emailIdOf,
  normalEmail,
  session,
  username,
  usernameIdOf,
  type Role,
} from '../domains/identity/index.ts'
import { SessionId, UserId } from '../domains/shared/index.ts'
import type { SigningKeys } from '../platform/keys/port.ts'
import type { Passwords } from '../platform/passwords/port.ts'
import type { Executor, Origin } from '../platform/runtime/execution.ts'
import { Problem } from './problem.ts'
import { refusalProblem } from './refusals.ts'

type Ports = { readonly executor: Executor; readonly passwords: Passwords }

/** Who is about to have an account. */
export type Registration = {
  readonly email: string
  readonly username: string
  readonly password: string
  readonly name?: string
  readonly roles: readonly Role[]
}

/** Somebody with an account, as they may be told of themselves. */
export type Person = {
  readonly userId: UserId
  readonly email: string
  readonly username: string
  readonly name?: string
  readonly roles: Role[]
}

/** One of several commands that a request leads to: each needs an id of its own, and the same one on a retry. */
const step = (origin: Origin, name: string): Origin => ({
  ...origin,
  commandId: derivedUuid(origin.commandId, name),
  causationId: origin.commandId,
})

const taken = (field: 'email' | 'username', instead: string) =>
  refusalProblem(
    { refusals: {} },
    { refused: 'Taken' },
    {
      code: `${field}_taken`,
      detail: `Somebody has this ${field} already; ${instead}.`,
      errors: [{ field, message: `is taken; ${instead}` }],
    },
  )

/**
 * Opens an account. Address and name are claimed first, so that at most one account has them; the `registration` saga
 * makes the claims lasting. Claims that lead to nothing are given back, or lapse by themselves after a crash.
 * @param userId follows from the request, so that a retry means the same account
 * @throws Problem 409 `email_taken` or `username_taken`
 */
export const register = async (
  { executor, passwords }: Ports,
  userId: UserId,
  { password, ...person }: Registration,
  origin: Origin,
): Promise<Person & { readonly position: bigint }> => {
  // First, as it may fail for want of room, and nothing is claimed yet.
  const passwordHash = await passwords.hash(password)
  const emailId = emailIdOf(person.email)
  const usernameId = usernameIdOf(person.username)

  const release = async (...claimed: ('email' | 'username')[]) => {
    const to = step(origin, 'release')
    if (claimed.includes('email'))
      await executor.execute(email, emailId, { type: 'ReleaseEmail', data: { userId } }, to)
    if (claimed.includes('username'))
      await executor.execute(
        username,
        usernameId,
        { type: 'ReleaseUsername', data: { userId } },
        step(to, 'username'),
      )
  }

  const claimedEmail = await executor.execute(
    email,
    emailId,
    { type: 'ClaimEmail', data: { userId } },
    step(origin, 'email'),
  )
  if (isRefusal(claimedEmail)) throw taken('email', 'sign in, or use another one')
  const claimedUsername = await executor.execute(
    username,
    usernameId,
    { type: 'ClaimUsername', data: { userId } },
    step(origin, 'username'),
  )
  if (isRefusal(claimedUsername)) {
    await release('email')
    throw taken('username', 'choose another one')
  }
  const details = {
    userId,
    ...person,
    email: normalEmail(person.email),
    roles: [...person.roles],
  }
  const registered = await executor.execute(
    account,
    userId,
    { type: 'RegisterAccount', data: { ...details, passwordHash } },
    origin,
  )
  if (isRefusal(registered)) {
    await release('email', 'username')
    throw refusalProblem(account, registered)
  }
  return { ...details, position: registered.position }
}

/** Signed in: what proves it, and what gets a new proof. */
export type Opened = { readonly sessionId: SessionId; readonly refreshToken: string }

/**
 * Opens a session for somebody who has proved who they are.
 * @param keys the refresh token follows from the session and a secret, so that a retry gives the same one; only its
 *   hash is recorded
 * @param ttl how long the session may be refreshed, in ms
 */
export const openSession = async (
  { executor, keys, ttl }: { executor: Executor; keys: SigningKeys; ttl: number },
  userId: UserId,
  from: { readonly ip: string; readonly userAgent: string | undefined },
  origin: Origin,
): Promise<Opened> => {
  const sessionId = derivedId(SessionId, origin.commandId, 'session')
  const secret = createHmac('sha256', keys.secretFor('refresh-tokens'))
    .update(sessionId)
    .digest('base64url')
  const opened = await executor.execute(
    session,
    sessionId,
    {
      type: 'OpenSession',
      data: {
        userId,
        refreshHash: digest(secret),
        expiresAt: new Date(Date.now() + ttl).toISOString(),
        ip: from.ip.slice(0, 64),
        ...(from.userAgent !== undefined && { userAgent: from.userAgent.slice(0, 1_000) }),
      },
    },
    { ...step(origin, 'session'), actorId: userId },
  )
  if (isRefusal(opened)) throw refusalProblem(session, opened)
  return { sessionId, refreshToken: `${sessionId}.${secret}` }
}

/** Who has an address: their account's id, when there may be one. */
const ownerOf = async (executor: Executor, address: string): Promise<UserId | undefined> => {
  const { state } = await executor.stateOf(email, emailIdOf(address))
  return state.status === 'free' ? undefined : state.userId
}

const accountOf = async (executor: Executor, userId: UserId | undefined) => {
  if (userId === undefined) return undefined
  const { state, position } = await executor.stateOf(account, userId)
  return state.status === 'active' ? { userId, position, ...state } : undefined
}

/**
 * Finds out whose address and password these are.
 * @throws Problem 401, the same one and after the same work, whether the address or the password is wrong
 */
export const authenticate = async (
  { executor, passwords }: Ports,
  address: string,
  password: string,
): Promise<Person & { readonly position: bigint }> => {
  const found = await accountOf(executor, await ownerOf(executor, address))
  if (!(await passwords.verify(password, found?.passwordHash)) || !found)
    throw new Problem(
      401,
      'invalid_credentials',
      'E-mail address and password do not belong together; check both.',
    )
  const { passwordHash: _, status: __, roles, ...person } = found
  return { ...person, roles: [...roles] }
}

/**
 * Makes sure that somebody may administer this Agora: after it, an admin with this address and password exists.
 * May be called at every start, by every process.
 * @returns whether the account is new
 * @throws Problem when the address belongs to an account that was closed
 */
export const ensureAdmin = async (
  { executor, passwords }: Ports,
  { email: address, password }: { readonly email: string; readonly password: string },
): Promise<{ readonly userId: UserId; readonly created: boolean }> => {
  // Every command of it may be sent twice, by several processes at once, so that its ids need not follow from anything.
  const origin = (): Origin => {
    const commandId = randomUUID()
    return { commandId, actorId: 'agora', correlationId: commandId }
  }
  const owner = await ownerOf(executor, address)
  const found = await accountOf(executor, owner)
  if (!found) {
    // The same for all processes that start at once: the second registers what is registered.
    const userId = owner ?? derivedId(UserId, 'admin', normalEmail(address))
    const as = (name: string) =>
      register(
        { executor, passwords },
        userId,
        { email: address, username: name, password, roles: ['admin', 'buyer'] },
        origin(),
      )
    await as('admin').catch((error: unknown) => {
      if (!(error instanceof Problem && error.code === 'username_taken')) throw error
      return as(`admin-${userId.slice(0, 8)}`)
    })
    return { userId, created: true }
  }
  const { userId, roles, passwordHash } = found
  if (!roles.includes('admin'))
    await executor.execute(
      account,
      userId,
      { type: 'GrantRole', data: { role: 'admin' } },
      origin(),
    )
  if (!(await passwords.verify(password, passwordHash)))
    await executor.execute(
      account,
      userId,
      { type: 'SetPassword', data: { passwordHash: await passwords.hash(password) } },
      origin(),
    )
  return { userId, created: false }
}
