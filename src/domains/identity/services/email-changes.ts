import { derivedId, isRefusal } from '#kernel'
import {
  account,
  email,
  emailChangeHolds,
  emailIdOf,
  isOfTheseCredentials,
  normalEmail,
  RequestId,
  session,
} from '../language.ts'
import type { UserId } from '../../shared/index.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { Caller } from '../../../serving/caller.ts'
import { step, taken } from './accounts.ts'
import { refusalProblem } from '../../../serving/refusals.ts'

/** @throws Problem 409 `email_taken` */
const claim = async (
  executor: Executor,
  address: string,
  userId: UserId,
  origin: Origin,
): Promise<void> => {
  const claimed = await executor.execute(
    email,
    emailIdOf(address),
    { type: 'ClaimEmail', data: { userId } },
    step(origin, 'claim'),
  )
  if (isRefusal(claimed)) throw taken('email', 'use another one')
}

const linkExpired = () => refusalProblem(account, { refused: 'LinkExpired' })

/**
 * Requests a change of the address; a mail to the new one has a link. The claim on it expires after a minute, so that a
 * request cannot block an address for its owner.
 * @returns the position of the event
 * @throws Problem 409 when another user has it, or it is the user's already
 */
export const requestEmailChange = async (
  executor: Executor,
  { id: userId, sessionId }: Pick<Caller, 'id' | 'sessionId'>,
  address: string,
  origin: Origin,
  clock: () => Date,
): Promise<bigint> => {
  const { state } = await executor.stateOf(account, userId)
  if (state.status !== 'new' && state.email === normalEmail(address))
    throw refusalProblem(account, { refused: 'SameEmail' })
  await claim(executor, address, userId, origin)
  const requested = await executor.execute(
    account,
    userId,
    {
      type: 'RequestEmailChange',
      data: {
        requestId: derivedId(RequestId, origin.commandId, 'email'),
        email: normalEmail(address),
        sessionId,
        expiresAt: new Date(clock().getTime() + emailChangeHolds).toISOString(),
      },
    },
    origin,
  )
  if (isRefusal(requested)) throw refusalProblem(account, requested)
  return requested.position
}

/**
 * Changes the address after its link was followed. The address is confirmed before the account changes; after a crash in
 * between, the same link continues, or the `emailChange` saga releases the address when the link has expired.
 * @returns the position of the event
 * @throws Problem 409 when the link is too old, is of earlier credentials or of a session that was ended from elsewhere, or
 *   somebody else has the address by now
 */
export const changeEmail = async (
  executor: Executor,
  userId: UserId,
  requestId: RequestId,
  origin: Origin,
): Promise<bigint> => {
  const { state } = await executor.stateOf(account, userId)
  const wished = state.status === 'new' ? undefined : state.emailChange
  if (state.status === 'new' || wished?.requestId !== requestId) throw linkExpired()
  // Checked before the address is claimed; the account decides.
  if (!isOfTheseCredentials(state, wished)) throw linkExpired()
  const { email: address, sessionId } = wished
  if (sessionId !== undefined) {
    const { state: asking } = await executor.stateOf(session, sessionId)
    if (asking.status === 'ended' && asking.revoked) throw linkExpired()
  }
  await claim(executor, address, userId, origin)
  const confirmed = await executor.execute(
    email,
    emailIdOf(address),
    { type: 'ConfirmEmail', data: { userId } },
    step(origin, 'confirm'),
  )
  if (isRefusal(confirmed)) throw taken('email', 'use another one')
  const command = { type: 'ChangeEmail' as const, data: { requestId } }
  const changed = await executor.execute(account, userId, command, origin)
  if (!isRefusal(changed)) return changed.position
  // If it was refused because the same link was followed twice at once, the account uses the address now.
  const { state: present } = await executor.stateOf(account, userId)
  if (present.status === 'new' || present.email !== address)
    await executor.execute(
      email,
      emailIdOf(address),
      { type: 'ReleaseEmail', data: { userId } },
      step(origin, 'release'),
    )
  throw refusalProblem(account, changed)
}
