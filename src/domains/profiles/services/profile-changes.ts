import { derivedUuid, isRefusal, refusalOf, streamOf, type CommandOf } from '#kernel'
import { account, isReservedUsername, username, usernameIdOf } from '../../identity/language.ts'
import { profile } from '../language.ts'
import type { UserId } from '../../shared/index.ts'
import { Conflict } from '../../../platform/storage/event-log/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { invalid, notFound, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'

/** Returns the origin of a command that precedes a request's main command; its id is the same on a retry. */
const precedingOrigin = (origin: Origin, name: string): Origin => ({
  ...origin,
  commandId: derivedUuid(origin.commandId, name),
  causationId: origin.commandId,
})

/**
 * Creates the profile of a user with an account, if it does not exist. The saga `welcome` creates it after the
 * registration, but a request may come before that.
 * @throws Problem 404 when the user does not exist or has left
 */
const withProfile = async (executor: Executor, userId: UserId, origin: Origin): Promise<void> => {
  const { state } = await executor.stateOf(profile, userId)
  if (state.status === 'active') return
  const { state: person } = await executor.stateOf(account, userId)
  const isGone = person.status === 'new' || person.status === 'closed'
  if (isGone || state.status === 'deleted') throw notFound('user')
  const data = {
    userId,
    username: person.username,
    ...(person.name !== undefined && { name: person.name }),
  }
  const command = { type: 'CreateProfile' as const, data }
  await executor.execute(profile, userId, command, precedingOrigin(origin, 'profile'))
}

/**
 * Changes a user's profile.
 * @throws Problem when there is no such user, or the command is refused
 */
export const change = async (
  executor: Executor,
  userId: UserId,
  command: CommandOf<typeof profile>,
  origin: Origin,
  expecting: { readonly expectedRevision?: number },
) => {
  await withProfile(executor, userId, origin)
  const answer = await executor.execute(profile, userId, command, origin, expecting)
  if (isRefusal(answer)) {
    const { message } = refusalOf(profile, answer.refused)
    const errors = [{ field: 'kinds', message }]
    throw refusalProblem(profile, answer, answer.refused === 'TooManyKinds' ? { errors } : {})
  }
  const { state, position, revision } = answer
  if (state.status !== 'active') throw notFound('user')
  return { profile: state, position, revision }
}

/**
 * Checks the expected revision of a profile before a username is claimed for the change.
 * @throws Problem when there is no such user
 * @throws Conflict when the revision differs
 */
export const mustBeAt = async (
  executor: Executor,
  userId: UserId,
  origin: Origin,
  { expectedRevision }: { readonly expectedRevision?: number },
): Promise<void> => {
  await withProfile(executor, userId, origin)
  const { revision } = await executor.stateOf(profile, userId)
  if (expectedRevision !== undefined && expectedRevision !== revision)
    throw new Conflict(streamOf(profile, userId), expectedRevision, revision)
}

/** A reserved username was chosen. */
export const reservedName = (): Problem =>
  invalid('username', 'is a name that nobody can have; choose another one')

/**
 * Claims a username for a change; the `renaming` saga confirms the claim. A claim that is not confirmed expires after a
 * minute.
 * @throws Problem 409 `username_taken`, 400 when it is reserved and not already theirs
 */
export const claimUsername = async (
  executor: Executor,
  userId: UserId,
  name: string,
  origin: Origin,
): Promise<void> => {
  if (isReservedUsername(name)) {
    const { state } = await executor.stateOf(profile, userId)
    if (state.status !== 'active' || state.username !== name) throw reservedName()
  }
  const command = { type: 'ClaimUsername' as const, data: { userId } }
  const answer = await executor.execute(
    username,
    usernameIdOf(name),
    command,
    precedingOrigin(origin, 'username'),
  )
  if (isRefusal(answer))
    throw new Problem(
      409,
      'username_taken',
      'Somebody has this username already; choose another one.',
      [{ field: 'username', message: 'is taken; choose another one' }],
    )
}
