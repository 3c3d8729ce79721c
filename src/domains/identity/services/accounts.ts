import { randomUUID } from 'node:crypto'
import { derivedId, derivedUuid, isRefusal, type StateOf } from '#kernel'
import { account, email, emailIdOf, normalEmail, username, usernameIdOf } from '../language.ts'
import { profile } from '../../profiles/language.ts'
import { UserId, type Role } from '../../shared/index.ts'
import type { Passwords } from '../../../platform/security/passwords/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { asCalled } from '../../profiles/services/current-names.ts'
import { Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'

type Ports = { readonly executor: Executor; readonly passwords: Passwords }

/** Details of a new account. */
export type Registration = {
  readonly email: string
  readonly username: string
  /** Absent for users who sign in by an external identity. */
  readonly password?: string
  readonly name?: string
  readonly roles: readonly Role[]
  /** A trusted provider has verified the address. */
  readonly emailVerified?: true
}

/** A user, as shown to themselves. */
export type Person = {
  readonly userId: UserId
  readonly email: string
  readonly username: string
  readonly name?: string
  readonly roles: Role[]
  readonly emailVerified: boolean
}

/** An authenticated user, with the account's era and credentials at that time. */
export type SignedIn = Person & {
  /** Whether the names are already those of the profile. */
  readonly isCalledSo?: true
  /** Whether this request opened the account, so that the sign-in needs no mail. */
  readonly isNew?: true
  /** Era of the account. */
  readonly era: number
  readonly credentials: number
  readonly position: bigint
}

/** Returns the origin of one of several commands of a request: each has an id of its own, the same on a retry. */
export const step = (origin: Origin, name: string): Origin => ({
  ...origin,
  commandId: derivedUuid(origin.commandId, name),
  causationId: origin.commandId,
})

/** Returns the answer for an address or name of another user. @param instead advice to the caller */
export const taken = (field: 'email' | 'username', instead: string): Problem =>
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
 * confirms the claims. Claims of a failed registration are released, or expire after a crash.
 * @param userId derived from the request, so that a retry opens the same account
 * @throws Problem 409 `email_taken` or `username_taken`
 */
export const register = async (
  { executor, passwords }: Ports,
  userId: UserId,
  { password, ...person }: Registration,
  origin: Origin,
): Promise<SignedIn> => {
  // First, as hashing may be refused under load, when no claim has been recorded yet.
  const passwordHash = password === undefined ? undefined : await passwords.hash(password)
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
    {
      type: 'RegisterAccount',
      data: { ...details, ...(passwordHash !== undefined && { passwordHash }) },
    },
    origin,
  )
  if (isRefusal(registered)) {
    await release('email', 'username')
    throw refusalProblem(account, registered)
  }
  const { emailVerified = false } = person
  return {
    ...details,
    emailVerified,
    era: 0,
    credentials: 0,
    isNew: true,
    position: registered.position,
  }
}

/** Returns the id of the user who owns or has claimed an address. */
const ownerOf = async (executor: Executor, address: string): Promise<UserId | undefined> => {
  const { state } = await executor.stateOf(email, emailIdOf(address))
  return state.status === 'free' ? undefined : state.userId
}

/** An active or suspended account with its id. */
export type Found = {
  readonly userId: UserId
  readonly position: bigint
  readonly revision: number
  readonly state: Exclude<StateOf<typeof account>, { readonly status: 'new' | 'closed' }>
  /** Profile, where it was read as well. */
  readonly profile?: StateOf<typeof profile>
}

/** Reads the account of a user; undefined when it does not exist or is closed. */
export const accountOf = async (
  executor: Executor,
  userId: UserId | undefined,
): Promise<Found | undefined> => {
  if (userId === undefined) return undefined
  const { state, ...at } = await executor.stateOf(account, userId)
  return state.status === 'new' || state.status === 'closed' ? undefined : { userId, state, ...at }
}

/**
 * Finds the account with an address, and its profile; undefined when there is none. A claim on the address, for a
 * registration or a change in progress, does not count.
 */
export const accountBy = async (
  executor: Executor,
  address: string,
): Promise<Found | undefined> => {
  // The owner may come from the cache; the account's own state is read, which usually suffices.
  const { state: before } = await executor.stateOf(email, emailIdOf(address), {
    enough: ({ status }) => status !== 'free',
  })
  if (before.status === 'free') return undefined
  const goingByIt = async (userId: UserId | undefined): Promise<Found | undefined> => {
    if (userId === undefined) return undefined
    const [found, { state: shown }] = await Promise.all([
      accountOf(executor, userId),
      executor.stateOf(profile, userId),
    ])
    return found?.state.email === normalEmail(address) ? { ...found, profile: shown } : undefined
  }
  return (await goingByIt(before.userId)) ?? goingByIt(await ownerOf(executor, address))
}

/** Returns an account as shown to its owner. */
export const personOf = (
  userId: UserId,
  {
    email: address,
    emailVerified,
    username: called,
    name,
    roles,
    era,
    credentials,
  }: Found['state'],
): Omit<SignedIn, 'position'> => ({
  userId,
  email: address,
  emailVerified,
  username: called,
  ...(name !== undefined && { name }),
  roles: [...roles],
  era,
  credentials,
})

/** Returns the answer for a suspended account. */
export const suspended = (): Problem =>
  new Problem(
    403,
    'account_suspended',
    'This account is suspended; ask whoever runs this Agora what to do about it.',
  )

/**
 * Verifies a password.
 * @param found account of the address; undefined for an unknown address
 * @throws Problem 401, the same one and after the same work, whether there is no account or the password is wrong
 * @throws Problem 403 when it is right, and the account suspended
 */
export const prove = async (
  passwords: Passwords,
  found: Found | undefined,
  password: string,
): Promise<SignedIn> => {
  const hash = found?.state.passwordHash
  if (!(await passwords.verify(password, hash === '' ? undefined : hash)) || !found)
    throw new Problem(
      401,
      'invalid_credentials',
      'E-mail address and password do not belong together; check both.',
    )
  if (found.state.status === 'suspended') throw suspended()
  const { userId, state, position, profile: shown } = found
  const { era, credentials, ...person } = personOf(userId, state)
  return shown
    ? { ...asCalled(person, shown), isCalledSo: true, era, credentials, position }
    : { ...person, era, credentials, position }
}

/**
 * Authenticates a user by address and password.
 * @throws Problem as `prove` does
 */
export const authenticate = async (
  { executor, passwords }: Ports,
  address: string,
  password: string,
): Promise<SignedIn> => prove(passwords, await accountBy(executor, address), password)

/** Returns the first derived id of an admin whose account is not closed. */
const nextAdmin = async (executor: Executor, address: string): Promise<UserId> => {
  for (let left = 0; ; left += 1) {
    const again = left === 0 ? [] : [String(left)]
    const userId = derivedId(UserId, 'admin', normalEmail(address), ...again)
    if ((await executor.stateOf(account, userId)).state.status !== 'closed') return userId
  }
}

/**
 * Ensures that an admin with this address and password exists. If the owner of the address is being erased, the admin is
 * created at the next start. Every process may call it at every start.
 * @returns whether the account is new
 */
export const ensureAdmin = async (
  { executor, passwords }: Ports,
  { email: address, password }: { readonly email: string; readonly password: string },
): Promise<{ readonly userId: UserId; readonly created: boolean }> => {
  // All of its commands may be repeated, also by several processes at once, so their ids need not be derived.
  const origin = (): Origin => {
    const commandId = randomUUID()
    return { commandId, actorId: 'agora', correlationId: commandId }
  }
  const owner = await ownerOf(executor, address)
  const holder = await accountOf(executor, owner)
  const found = holder?.state.email === normalEmail(address) ? holder : undefined
  if (!found) {
    // The id is the same for all processes that start at once, so that a second registration has no effect. A user who has
    // only claimed the address for a change does not become admin.
    const userId = (holder ? undefined : owner) ?? (await nextAdmin(executor, address))
    if ((await executor.stateOf(account, userId)).state.status === 'closed')
      return { userId, created: false }
    const as = (name: string) =>
      register(
        { executor, passwords },
        userId,
        {
          email: address,
          username: name,
          password,
          roles: ['admin', 'buyer'],
          // The configuration vouches for the address.
          emailVerified: true,
        },
        origin(),
      )
    await as('admin').catch((error: unknown) => {
      if (!(error instanceof Problem && error.code === 'username_taken')) throw error
      return as(`admin-${userId.slice(0, 8)}`)
    })
    return { userId, created: true }
  }
  const {
    userId,
    state: { roles, passwordHash },
  } = found
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
