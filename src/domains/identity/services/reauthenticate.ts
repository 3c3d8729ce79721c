import { type Caller } from '../../../serving/caller.ts'
import { accountOf, prove, type Found } from './accounts.ts'
import type { Counters } from '../../../platform/security/counters/port.ts'
import type { Passwords } from '../../../platform/security/passwords/port.ts'
import type { Executor } from '../../../runtime/execution.ts'
import { lockout } from './lockout.ts'
import { notFound, Problem } from '../../../serving/problem.ts'

/**
 * Verifies the password of a signed-in user again, as protection against stolen tokens. Attempts are counted for each
 * session, so that other sessions are not delayed.
 * @param asked.field field of the request that holds the password
 * @throws Problem 403 `wrong_password`, 409 `no_password`, 429 `too_many_attempts`
 */
export const proofOf = async (
  {
    executor,
    passwords,
    counters,
  }: { readonly executor: Executor; readonly passwords: Passwords; readonly counters: Counters },
  { id, sessionId }: Caller,
  asked: { readonly password: string; readonly field: string; readonly ip: string },
): Promise<Found> => {
  const { enter, succeeded } = lockout(counters)
  const found = await accountOf(executor, id)
  if (!found) throw notFound('account')
  if (found.state.passwordHash === '')
    throw new Problem(
      409,
      'no_password',
      'This account has no password yet; ask for one at /auth/password/forgot.',
    )
  const attempt = { subject: id, ip: asked.ip, device: sessionId }
  await enter(attempt)
  await prove(passwords, found, asked.password).catch((error: unknown) => {
    if (!(error instanceof Problem && error.code === 'invalid_credentials')) throw error
    const message = 'is not your password'
    throw new Problem(403, 'wrong_password', `${asked.field} ${message}; check it.`, [
      { field: asked.field, message },
    ])
  })
  await succeeded(attempt)
  return found
}
