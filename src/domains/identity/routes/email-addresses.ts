import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { Fields, isRefusal } from '#kernel'
import {
  account,
  EmailAddress,
  RequestId,
  verificationHolds,
} from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { accountLinks, verificationOf } from '../../../platform/account-links.ts'
import { changeEmail, requestEmailChange } from '../services/email-changes.ts'
import { proofOf } from '../services/reauthenticate.ts'
import { accountOf } from '../services/accounts.ts'
import { allowOnly } from '../services/lockout.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { Serve } from '../../../http/routes-of.ts'
import type { RouteContext } from '../../../http/routes/context.ts'
import { badLink, LinkToken } from './passwords.ts'

/** So many changes of address one user may ask for in so many ms: each sends a mail to wherever they say. */
const changes = { most: 5, within: 60 * 60_000 }

const Verified = Type.Object({ verified: Type.Literal(true) })
const Mailed = Type.Object({
  mailed: Type.Boolean({ description: 'Whether a mail is on its way, or went a moment ago' }),
})

/** E-mail addresses: whether they are theirs, and other ones. */
export const identityEmail = (serve: Serve, context: RouteContext): void => {
  const { executor, passwords, counters, keys, clock } = context
  const links = accountLinks(keys.secretFor('account-links'))

  /** Whose address it is that a link was sent to. */
  const verify = async (token: string) => {
    const link = links.open('verify', token)
    if (!link || !Check(UserId, link.userId)) throw badLink()
    const { userId } = link
    const found = await accountOf(executor, userId)
    const about = verificationOf(link, found?.state.email)
    // To whom it may be known that there is no such account: nobody has such a link.
    if (!found || !about) throw badLink()
    if (clock().getTime() >= about.until) throw refusalProblem(account, { refused: 'LinkExpired' })
    return { userId, email: found.state.email, credentials: about.credentials }
  }

  serve(
    {
      method: 'POST',
      url: '/auth/email/verify',
      access: 'public',
      operationId: 'verifyEmail',
      summary: 'Follow the link from a mail: the address is theirs',
      description:
        'Takes the token of the mail after a registration, and of the mail to an address that somebody wants to go by from now on: that ends all sessions but the one which asked for it.',
      tag: 'identity',
      body: Fields({ token: LinkToken }),
      example: { token: 'verify.…' },
      data: Verified,
      problems: [404, 409],
    },
    async ({ body: { token }, origin }) => {
      const data = { verified: true as const }
      const link = links.open('change', token)
      if (link) {
        if (!link.isOurs() || !Check(UserId, link.userId) || !Check(RequestId, link.about))
          throw badLink()
        const { userId, about: requestId } = link
        const who = { ...origin, actorId: userId }
        return { data, position: await changeEmail(executor, userId, requestId, who) }
      }
      const { userId, ...proved } = await verify(token)
      const command = { type: 'VerifyEmail' as const, data: proved }
      const who = { ...origin, actorId: userId }
      const answer = await executor.execute(account, userId, command, who)
      if (isRefusal(answer)) throw refusalProblem(account, answer)
      return { data, position: answer.position }
    },
  )

  serve(
    {
      method: 'POST',
      url: '/auth/email/resend',
      access: 'user',
      operationId: 'resendVerification',
      summary: 'Get the mail that verifies the address again',
      tag: 'identity',
      data: Mailed,
      status: 202,
      problems: [404],
    },
    async ({ caller, origin }) => {
      const expiresAt = new Date(clock().getTime() + verificationHolds).toISOString()
      const command = { type: 'RequestEmailVerification' as const, data: { expiresAt } }
      const answer = await executor.execute(account, caller.id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(account, answer)
      const { state, position } = answer
      return { data: { mailed: state.status === 'active' && !state.emailVerified }, position }
    },
  )

  serve(
    {
      method: 'POST',
      url: '/auth/email/change',
      access: 'user',
      operationId: 'changeEmail',
      summary: 'Go by another address, once the link in the mail to it is followed',
      tag: 'identity',
      body: Fields({
        email: EmailAddress,
        password: Type.String({ minLength: 1, maxLength: 200 }),
      }),
      example: { email: 'countess@example.org', password: 'a long password' },
      data: Mailed,
      status: 202,
      sealed: true,
      problems: [403, 409],
    },
    async ({ body: { email, password }, caller, ip, origin }) => {
      await proofOf({ executor, passwords, counters }, caller, { password, field: 'password', ip })
      await allowOnly(counters, `email-change:${caller.id}`, changes.most, changes.within)
      const position = await requestEmailChange(executor, caller, email, origin, clock)
      return { data: { mailed: true }, position }
    },
  )
}
