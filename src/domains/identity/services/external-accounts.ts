import { Compile } from 'typebox/compile'
import { firstUse, derivedId, isRefusal, type StateOf } from '#kernel'
import {
  account,
  EmailAddress,
  externalIdentity,
  externalIdentityIdOf,
  isReservedUsername,
  normalUsername,
  type ExternalIdentityId,
} from '../language.ts'
import { Name, UserId } from '../../shared/index.ts'
import type { ExternalPerson } from '../../../platform/external/oauth/port.ts'
import type { Passwords } from '../../../platform/security/passwords/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import {
  accountBy,
  accountOf,
  personOf,
  register,
  step,
  suspended,
  type Found,
  type SignedIn,
} from './accounts.ts'
import { Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'

type Ports = { readonly executor: Executor; readonly passwords: Passwords }

const address = firstUse(() => Compile(EmailAddress))
const calling = firstUse(() => Compile(Name(1, 255)))

/** Number of usernames that are tried for a new user. */
const tries = 5

/** Returns valid usernames for a new user, best first. */
const usernamesFor = ({ username, email = '', name }: ExternalPerson, seed: string): string[] => {
  const wishes = [username, email.split('@')[0], name]
  const [wish = 'somebody'] = wishes
    .map((text = '') =>
      normalUsername(text)
        .normalize('NFD')
        .replaceAll(/\p{M}/gu, '')
        .replaceAll(/[^a-z0-9._-]+/g, '-')
        .replaceAll(/^[._-]+|[._-]+$/g, '')
        .slice(0, 50),
    )
    .filter((text) => text.length >= 2 && !isReservedUsername(text))
  const tail = seed.replaceAll('-', '')
  return Array.from({ length: tries }, (_, at) =>
    at === 0 ? wish : `${wish}-${tail.slice(0, 3 * at)}`,
  )
}

const isTaken = (error: unknown, field: 'email' | 'username'): boolean =>
  error instanceof Problem && error.code === `${field}_taken`

const usable = ({ userId, state, position }: Found): SignedIn => {
  if (state.status === 'suspended') throw suspended()
  return { ...personOf(userId, state), position }
}

const inProgress = () =>
  new Problem(
    409,
    'sign_in_in_progress',
    'Somebody is signing in as the same person just now; try again in a moment.',
  )

const unverified = (provider: string) =>
  new Problem(
    409,
    'email_not_verified',
    `${provider} does not vouch for an e-mail address of yours. Verify it there and try again, or register here with a password.`,
  )

const notTheirs = (provider: string) =>
  new Problem(
    409,
    'email_taken',
    `There is an account with your e-mail address, but its owner has not shown yet that the address is theirs. Sign in with its password and follow the link in the mail, or ask for a new password; then sign in by ${provider} again.`,
  )

const unlinked = (provider: string) =>
  new Problem(
    409,
    'sign_in_unlinked',
    `You have taken ${provider} off your account. Sign in another way, and link it there once more.`,
  )

const isNamed = ({ state }: Found, id: ExternalIdentityId): boolean =>
  state.signIns.some(({ identityId }) => identityId === id)

/** Returns whether the link is from before accounts listed their identities; newer links are recorded there first. */
const isOlder = (
  { state }: Found,
  { status }: StateOf<typeof externalIdentity>,
  id: ExternalIdentityId,
): boolean => status === 'confirmed' && !state.unlinked.includes(id)

/** Returns the account of an identity; undefined when it has none, or was removed from it. */
const signedInBy = async (
  executor: Executor,
  id: ExternalIdentityId,
  origin: Origin,
): Promise<Found | undefined> => {
  const { state } = await executor.stateOf(externalIdentity, id)
  if (state.status === 'free') return undefined
  const found = await accountOf(executor, state.userId)
  // The account is authoritative: an identity that it does not list was removed, or is only being added.
  if (found && (isNamed(found, id) || isOlder(found, state, id))) return found
  if (state.status === 'confirmed') await letGo(executor, id, state.userId, step(origin, 'let go'))
  return undefined
}

/**
 * Adds an identity to an account. It is claimed first, so that it belongs to one account only; the `linking` saga confirms
 * the claim, which expires otherwise.
 * @returns the position, and the account's credentials after it; or a refusal of the account
 */
const add = async (
  executor: Executor,
  userId: UserId,
  {
    id,
    provider,
    asked,
  }: {
    id: ExternalIdentityId
    provider: string
    /** The account's credentials when its signed-in user requested it. */
    asked?: { readonly credentials: number }
  },
  origin: Origin,
) => {
  const added = await executor.execute(
    account,
    userId,
    {
      type: 'AddSignIn',
      data: { identityId: id, provider, ...(asked && { asked: true, ...asked }) },
    },
    step(origin, 'add'),
  )
  if (isRefusal(added)) return added
  const linked = await executor.execute(
    externalIdentity,
    id,
    { type: 'LinkOAuthIdentity', data: { userId, provider } },
    step(origin, 'link'),
  )
  if (isRefusal(linked)) throw inProgress()
  return {
    position: added.position > linked.position ? added.position : linked.position,
    credentials: added.state.status === 'new' ? 0 : added.state.credentials,
  }
}

const claim = (executor: Executor, id: ExternalIdentityId, userId: UserId, origin: Origin) =>
  executor.execute(
    externalIdentity,
    id,
    { type: 'ClaimOAuthIdentity', data: { userId } },
    step(origin, 'claim'),
  )

/**
 * Signs in the user of an external identity. A known identity has its account. A new one gets the account with the same
 * address, if both sides have verified it; an unused address gets a new account. Unverified addresses do not count, so
 * that an account cannot be taken over by its address at a provider, nor be prepared here for another person's address
 * (Sudhodanan and Paverd, "Pre-hijacked Accounts", 2022).
 * @throws Problem 403 when the account is suspended, 409 when the address is not proven, or the identity was unlinked
 */
export const signInExternally = async (
  { executor, passwords }: Ports,
  provider: string,
  person: ExternalPerson,
  origin: Origin,
): Promise<SignedIn> => {
  const id = externalIdentityIdOf(person.issuer, person.subject)
  const found = await signedInBy(executor, id, origin)
  if (found) {
    const theirs = usable(found)
    // The account lists it from now on, so that its user can remove it.
    if (isNamed(found, id)) return theirs
    const who = { ...origin, actorId: found.userId }
    const added = await add(executor, found.userId, { id, provider }, who)
    return isRefusal(added) ? theirs : { ...theirs, ...added }
  }

  const { email, emailVerified } = person
  if (!emailVerified || !address().Check(email)) throw unverified(provider)
  const owner = await accountBy(executor, email)
  if (owner && !owner.state.emailVerified) throw notTheirs(provider)
  const theirs = owner && usable(owner)
  if (owner?.state.unlinked.includes(id)) throw unlinked(provider)

  const userId = theirs?.userId ?? derivedId(UserId, origin.commandId, 'user')
  const who = { ...origin, actorId: userId }
  if (isRefusal(await claim(executor, id, userId, who))) throw inProgress()
  const signedIn =
    theirs ??
    (await registerAs({ executor, passwords }, userId, { ...person, email }, who).catch(
      async (error: unknown) => {
        // If the release fails, the claim expires.
        await letGo(executor, id, userId, step(who, 'release')).catch(() => undefined)
        throw error
      },
    ))
  const added = await add(executor, userId, { id, provider }, who)
  if (!isRefusal(added)) return { ...signedIn, ...added }
  throw added.refused === 'Unlinked' ? unlinked(provider) : refusalProblem(account, added)
}

/**
 * Adds an external identity to the account of a signed-in user. Its address does not matter: the user has authenticated
 * at both sides.
 * @returns the position of the event
 * @param who.credentials of the account at the request
 * @throws Problem 409 `identity_taken` when it signs in to another account, 409 `credentials_changed` when the account's are
 *   other ones by now
 */
export const linkExternally = async (
  executor: Executor,
  { userId, credentials }: { readonly userId: UserId; readonly credentials: number },
  provider: string,
  { issuer, subject }: Pick<ExternalPerson, 'issuer' | 'subject'>,
  origin: Origin,
): Promise<bigint> => {
  const id = externalIdentityIdOf(issuer, subject)
  const found = await signedInBy(executor, id, origin)
  const isTheirs = found === undefined || found.userId === userId
  if (!isTheirs || isRefusal(await claim(executor, id, userId, origin)))
    throw new Problem(
      409,
      'identity_taken',
      `Somebody signs in to another account with this identity at ${provider}. Take it off that account first, or choose another one.`,
    )
  const added = await add(executor, userId, { id, provider, asked: { credentials } }, origin)
  if (!isRefusal(added)) return added.position
  throw refusalProblem(account, added)
}

const letGo = async (
  executor: Executor,
  id: ExternalIdentityId,
  userId: UserId,
  origin: Origin,
): Promise<void> => {
  await executor.execute(
    externalIdentity,
    id,
    { type: 'ReleaseOAuthIdentity', data: { userId } },
    origin,
  )
}

/** Opens an account without a password, with the first free username. */
const registerAs = async (
  ports: Ports,
  userId: UserId,
  person: ExternalPerson & { readonly email: string },
  origin: Origin,
): Promise<SignedIn> => {
  const { email, name } = person
  for (const username of usernamesFor(person, userId)) {
    try {
      return await register(
        ports,
        userId,
        {
          email,
          username,
          ...(calling().Check(name) && { name }),
          roles: ['buyer'],
          emailVerified: true,
        },
        step(origin, username),
      )
    } catch (error) {
      // Another request is opening an account with the same address.
      if (isTaken(error, 'email')) throw inProgress()
      if (!isTaken(error, 'username')) throw error
    }
  }
  throw new Problem(409, 'username_taken', 'No username is free for you; register with a password.')
}
