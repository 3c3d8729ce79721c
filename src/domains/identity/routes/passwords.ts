import { setTimeout as pause } from 'node:timers/promises'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { derivedId, Fields, isRefusal, type StateOf } from '#kernel'
import { account, isOfTheseCredentials, RequestId, resetHolds, TypedAddress } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { linksOf } from '../services/account-links.ts'
import { proofOf } from '../services/reauthenticate.ts'
import { accountBy, accountOf } from '../services/accounts.ts'
import { deviceCookie, deviceCookieName } from '../../../serving/cookies.ts'
import { mustBeHardToGuess } from '../services/chosen-passwords.ts'
import { devicesOf } from '../services/devices.ts'
import { networkOf } from '../../../platform/security/network-of.ts'
import { allowOnly } from '../services/lockout.ts'
import { invalid } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'

/** A password chosen by a user. */
export const Password = Type.String({ minLength: 8, maxLength: 200 })

/** Token of a link in a mail. */
export const LinkToken = Type.String({ minLength: 1, maxLength: 500 })

/** Least duration of an answer, in ms. It covers the work, so that the duration does not show whether the account exists. */
const sameTime = 400

/** Greatest number of requested mails from one address within a window, in ms. */
const asksFromPlace = { most: 20, within: 60 * 60_000 }

const Done = Type.Object({ done: Type.Literal(true) })
const done = { done: true as const }

/** Returns the era of an account after a command. */
const eraOf = ({ state }: { readonly state: StateOf<typeof account> }): number =>
  state.status === 'new' ? 0 : state.era

/** Returns the answer for an invalid link. */
export const badLink = () =>
  invalid('token', 'is no token of ours; take the whole link from the mail')

/** Routes of passwords. */
export const passwordRoutes = [
  route({
    method: 'POST',
    url: '/auth/password/forgot',
    access: 'public',
    operationId: 'forgotPassword',
    summary: 'Request a mail with a link that sets a new password',
    description:
      'The answer and its duration are the same whether the account exists or not. The link is valid for an hour, and for one use.',
    body: Fields({ email: TypedAddress }),
    example: { email: 'ada@example.org' },
    data: Done,
    status: 202,
    handle: async ({ body: { email }, ip, origin }, { executor, counters, clock }) => {
      const { most, within } = asksFromPlace
      await allowOnly(counters, `forgot:${networkOf(ip)}`, most, within)
      const work = async () => {
        const found = await accountBy(executor, email)
        if (!found) return
        const requestId = derivedId(RequestId, origin.commandId, 'reset')
        const expiresAt = new Date(clock().getTime() + resetHolds).toISOString()
        // A refusal would show whether the account exists, and would not help its owner.
        await executor.execute(
          account,
          found.userId,
          { type: 'RequestPasswordReset', data: { requestId, expiresAt } },
          origin,
        )
      }
      await Promise.all([work(), pause(sameTime)])
      return { data: done }
    },
  }),

  route({
    method: 'POST',
    url: '/auth/password/reset',
    access: 'public',
    operationId: 'resetPassword',
    rpcs: [{ name: 'agora.auth.v1.AuthService/ResetPassword' }],
    summary: 'Set a new password by a link from a mail; ends all sessions',
    body: Fields({ token: LinkToken, password: Password }),
    example: { token: 'reset.…', password: 'a new long password' },
    data: Done,
    sealed: true,
    problems: [404, 409],
    handle: async ({ body: { token, password }, origin }, ports) => {
      const { executor, passwords, config } = ports

      const link = linksOf(ports).open('reset', token)
      if (!link?.isOurs() || !Check(UserId, link.userId) || !Check(RequestId, link.about))
        throw badLink()
      const { userId, about: requestId } = link
      // Before hashing: an invalid link costs nothing.
      const found = await accountOf(executor, userId)
      const wished = found?.state.reset
      if (found && (wished?.requestId !== requestId || !isOfTheseCredentials(found.state, wished)))
        throw refusalProblem(account, { refused: 'LinkExpired' })
      mustBeHardToGuess('password', password, [found?.state.email, found?.state.username])
      const passwordHash = await passwords.hash(password)
      const answer = await executor.execute(
        account,
        userId,
        { type: 'ResetPassword', data: { requestId, passwordHash } },
        { ...origin, actorId: userId },
      )
      if (isRefusal(answer)) throw refusalProblem(account, answer)
      // The reader of the mail gets a device cookie, so that attempts from elsewhere do not delay them.
      const cookies = [
        deviceCookie(devicesOf(ports).cookieFor({ userId, era: eraOf(answer) }), config),
      ]
      return { data: done, position: answer.position, cookies }
    },
  }),

  route({
    method: 'POST',
    url: '/auth/password/change',
    access: 'user',
    operationId: 'changePassword',
    summary: 'Set a new password; ends all other sessions',
    body: Fields({
      currentPassword: Type.String({ minLength: 1, maxLength: 200 }),
      newPassword: Password,
    }),
    example: { currentPassword: 'a long password', newPassword: 'a longer password' },
    data: Done,
    sealed: true,
    problems: [403, 409],
    handle: async (
      { body: { currentPassword, newPassword }, caller, cookie, ip, origin },
      ports,
    ) => {
      const { executor, passwords, config } = ports

      const { revision, state } = await proofOf(ports, caller, {
        password: currentPassword,
        field: 'currentPassword',
        ip,
      })
      mustBeHardToGuess('newPassword', newPassword, [state.email, state.username])
      const passwordHash = await passwords.hash(newPassword)
      const answer = await executor.execute(
        account,
        caller.id,
        { type: 'SetPassword', data: { passwordHash, keptSessionId: caller.sessionId } },
        origin,
        // The verified password must be the one that is replaced.
        { expectedRevision: revision },
      )
      if (isRefusal(answer)) throw refusalProblem(account, answer)
      const userId = caller.id
      const { era } = state
      const device = devicesOf(ports).renewed(
        cookie(deviceCookieName),
        { userId, era },
        eraOf(answer),
      )
      const cookies = device ? [deviceCookie(device, config)] : []
      return { data: done, position: answer.position, cookies }
    },
  }),
]
