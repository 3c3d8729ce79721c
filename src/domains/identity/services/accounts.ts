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

/** Who is about to have an account. */
export type Registration = {
  readonly email: string
  readonly username: string
  /** Nothing, for who proves elsewhere who they are. */
  readonly password?: string
  readonly name?: string
  readonly roles: readonly Role[]
  /** Somebody we trust vouches for the address. */
  readonly emailVerified?: true
}

/** Somebody with an account, as they may be told of themselves. */
export type Person = {
  readonly userId: UserId
  readonly email: string
  readonly username: string
  readonly name?: string
  readonly roles: Role[]
  readonly emailVerified: boolean
}

/** Somebody who has proved who they are, and what was true then. */
export type SignedIn = Person & {
  /** Whether their names are known to be those of their profile. */
  readonly isCalledSo?: true
  /** Whether the account was opened by this: nobody needs to be told that they sign in. */
  readonly isNew?: true
  /** Of the account. */
  readonly era: number
  readonly credentials: number
  readonly position: bigint
}

/** One of several commands that a request leads to: each needs an id of its own, and the same one on a retry. */
export const step = (origin: Origin, name: string): Origin => ({
  ...origin,
  commandId: derivedUuid(origin.commandId, name),
  causationId: origin.commandId,
})

/** Somebody else has it. @param instead what to do about it */
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
 * makes the claims lasting. Claims that lead to nothing are given back, or lapse by themselves after a crash.
 * @param userId follows from the request, so that a retry means the same account
 * @throws Problem 409 `email_taken` or `username_taken`
 */
export const register = async (
  { executor, passwords }: Ports,
  userId: UserId,
  { password, ...person }: Registration,
  origin: Origin,
): Promise<SignedIn> => {
  // First, as it may fail for want of room, and nothing is claimed yet.
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

/** Who has an address: their account's id, when there may be one. */
const ownerOf = async (executor: Executor, address: string): Promise<UserId | undefined> => {
  const { state } = await executor.stateOf(email, emailIdOf(address))
  return state.status === 'free' ? undefined : state.userId
}

/** An account that may be used, or is suspended, with its id. */
export type Found = {
  readonly userId: UserId
  readonly position: bigint
  readonly revision: number
  readonly state: Exclude<StateOf<typeof account>, { readonly status: 'new' | 'closed' }>
  /** Their profile, where it was looked up as well. */
  readonly profile?: StateOf<typeof profile>
}

/** The account of a user; undefined when there is none, or no longer. */
export const accountOf = async (
  executor: Executor,
  userId: UserId | undefined,
): Promise<Found | undefined> => {
  if (userId === undefined) return undefined
  const { state, ...at } = await executor.stateOf(account, userId)
  return state.status === 'new' || state.status === 'closed' ? undefined : { userId, state, ...at }
}

/**
 * The account that goes by an address, with its profile; undefined when there is none. Who has only claimed it, for a
 * registration or a change that may never come about, does not go by it.
 */
export const accountBy = async (
  executor: Executor,
  address: string,
): Promise<Found | undefined> => {
  // Whose it was may be kept from before, and what the account itself says now is read: usually that is all it takes.
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

/** An account as its owner is told of it. */
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

/** The account is there, but must not be used for the time being. */
export const suspended = (): Problem =>
  new Problem(
    403,
    'account_suspended',
    'This account is suspended; ask whoever runs this Agora what to do about it.',
  )

/**
 * Takes a password for a proof.
 * @param found whose it should be; nobody's, for an address that nobody has
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
 * Finds out whose address and password these are.
 * @throws Problem as `prove` does
 */
export const authenticate = async (
  { executor, passwords }: Ports,
  address: string,
  password: string,
): Promise<SignedIn> => prove(passwords, await accountBy(executor, address), password)

/** The first id of an admin that nobody has had who has left. */
const nextAdmin = async (executor: Executor, address: string): Promise<UserId> => {
  for (let left = 0; ; left += 1) {
    const again = left === 0 ? [] : [String(left)]
    const userId = derivedId(UserId, 'admin', normalEmail(address), ...again)
    if ((await executor.stateOf(account, userId)).state.status !== 'closed') return userId
  }
}

/**
 * Makes sure that somebody may administer this Agora: after it, an admin with this address and password exists; unless
 * who has the address is just leaving, then they do after the next start. May be called at every start, by every process.
 * @returns whether the account is new
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
  const holder = await accountOf(executor, owner)
  const found = holder?.state.email === normalEmail(address) ? holder : undefined
  if (!found) {
    // The same for all processes that start at once: the second registers what is registered. Somebody with an account
    // who has claimed the address for a moment does not become admin by that.
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
          // Whoever runs this Agora says so.
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
