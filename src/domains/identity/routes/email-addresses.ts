import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { Fields, isRefusal } from '#kernel'
import { account, RequestId, verificationHolds, TypedAddress } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { verificationOf } from '../../../platform/security/account-links.ts'
import { linksOf } from '../services/account-links.ts'
import type { Ports } from '../../../serving/ports.ts'
import { changeEmail, requestEmailChange } from '../services/email-changes.ts'
import { proofOf } from '../services/reauthenticate.ts'
import { accountOf } from '../services/accounts.ts'
import { allowOnly } from '../services/lockout.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { badLink, LinkToken } from './passwords.ts'
import { route } from '../../../serving/route.ts'

/** Greatest number of requested changes of a user within a window, in ms: each sends a mail to an arbitrary address. */
const changes = { most: 5, within: 60 * 60_000 }

const Verified = Type.Object({ verified: Type.Literal(true) })
const Mailed = Type.Object({
  mailed: Type.Boolean({ description: 'Whether a mail is being sent, or was sent a moment ago' }),
})

/** Returns a verification link's address and account. @throws Problem 400 `invalid_request`, 409 `link_expired` */
export const verifiable = async (
  ports: Pick<Ports, 'executor' | 'keys' | 'clock'>,
  token: string,
) => {
  const link = linksOf(ports).open('verify', token)
  if (!link || !Check(UserId, link.userId)) throw badLink()
  const { userId } = link
  const found = await accountOf(ports.executor, userId)
  const about = verificationOf(link, found?.state.email)
  // The answer may show that the account does not exist, as no user has such a link.
  if (!found || !about) throw badLink()
  if (ports.clock().getTime() >= about.until)
    throw refusalProblem(account, { refused: 'LinkExpired' })
  return { userId, email: found.state.email, credentials: about.credentials }
}

/** Routes that verify and change e-mail addresses. */
export const emailRoutes = [
  route({
    method: 'POST',
    url: '/auth/email/verify',
    access: 'public',
    operationId: 'verifyEmail',
    summary: 'Verify an address by the link in a mail',
    description:
      'Accepts the token of the mail after a registration, and of the mail to a new address: changing the address ends all sessions but the one that requested it.',
    body: Fields({ token: LinkToken }),
    example: { token: 'verify.…' },
    data: Verified,
    problems: [404, 409],
    handle: async ({ body: { token }, origin }, ports) => {
      const { executor } = ports

      const data = { verified: true as const }
      const link = linksOf(ports).open('change', token)
      if (link) {
        if (!link.isOurs() || !Check(UserId, link.userId) || !Check(RequestId, link.about))
          throw badLink()
        const { userId, about: requestId } = link
        const who = { ...origin, actorId: userId }
        return { data, position: await changeEmail(executor, userId, requestId, who) }
      }
      const { userId, ...proved } = await verifiable(ports, token)
      const command = { type: 'VerifyEmail' as const, data: proved }
      const who = { ...origin, actorId: userId }
      const answer = await executor.execute(account, userId, command, who)
      if (isRefusal(answer)) throw refusalProblem(account, answer)
      return { data, position: answer.position }
    },
  }),

  route({
    method: 'POST',
    url: '/auth/email/resend',
    access: 'user',
    operationId: 'resendVerification',
    summary: 'Request the mail that verifies the address again',
    data: Mailed,
    status: 202,
    problems: [404],
    handle: async ({ caller, origin }, { executor, clock }) => {
      const expiresAt = new Date(clock().getTime() + verificationHolds).toISOString()
      const command = { type: 'RequestEmailVerification' as const, data: { expiresAt } }
      const answer = await executor.execute(account, caller.id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(account, answer)
      const { state, position } = answer
      return { data: { mailed: state.status === 'active' && !state.emailVerified }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/auth/email/change',
    access: 'user',
    operationId: 'changeEmail',
    summary: 'Request a change of the address, which the link in the mail to the new one confirms',
    body: Fields({
      email: TypedAddress,
      password: Type.String({ minLength: 1, maxLength: 200 }),
    }),
    example: { email: 'countess@example.org', password: 'a long password' },
    data: Mailed,
    status: 202,
    sealed: true,
    problems: [403, 409],
    handle: async ({ body: { email, password }, caller, ip, origin }, ports) => {
      const { executor, counters, clock } = ports

      await proofOf(ports, caller, { password, field: 'password', ip })
      await allowOnly(counters, `email-change:${caller.id}`, changes.most, changes.within)
      const position = await requestEmailChange(executor, caller, email, origin, clock)
      return { data: { mailed: true }, position }
    },
  }),
]
