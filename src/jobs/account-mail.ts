import { account, verificationHolds } from '../domains/identity/index.ts'
import type { UserId } from '../domains/shared/index.ts'
import type { AccountLinks } from '../platform/account-links.ts'
import { MailRefused, type Mailer } from '../platform/mail/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { letterFor, type Matter } from './account-letters.ts'
import { job } from './job.ts'

/** What letters to accounts are written with. */
export type Letters = {
  readonly links: Pick<AccountLinks, 'make'>
  /** Where people reach Agora: `https://shop.example`. */
  readonly site: () => string
}

type Asked = { readonly userId: UserId; readonly mailId: string; readonly matter: Matter }

/**
 * Sends mails about accounts: whose an address is, how to set a new password, what was changed. They are no
 * notifications, for their links must not be read by anybody but who gets the mail.
 */
export const accountMail = (mailer: Mailer, { links, site }: Letters, { stateOf }: Executor) =>
  job({
    name: 'account-mail',
    from: [account],
    on: {
      UserRegistered: ({ id, eventId, at, data: { emailVerified } }): Asked | undefined =>
        emailVerified ? undefined : ask(id, eventId, verify(Date.parse(at) + verificationHolds)),
      EmailVerificationRequested: ({ id, eventId, data: { expiresAt } }) =>
        ask(id, eventId, verify(Date.parse(expiresAt))),
      PasswordResetRequested: ({ id, eventId, data: { requestId } }) =>
        ask(id, eventId, { kind: 'reset', requestId }),
      SessionsEnded: ({ id, eventId, data: { reason } }) =>
        reason === 'suspended' ? undefined : ask(id, eventId, { kind: 'passwordChanged' }),
      EmailChangeRequested: ({ id, eventId, data: { requestId } }) =>
        ask(id, eventId, { kind: 'change', requestId }),
      EmailChanged: ({ id, eventId, data: { requestId } }) =>
        ask(id, eventId, { kind: 'addressChanged', requestId }),
    },
    run: async ({ userId, mailId, matter }) => {
      const { state } = await stateOf(account, userId)
      if (state.status !== 'active') return
      const letter = letterFor(matter, { userId, ...state }, links, site())
      if (!letter) return
      try {
        await mailer.send({ id: mailId, ...letter })
      } catch (error) {
        // Nobody will ever deliver it; its user may ask for another one.
        if (!(error instanceof MailRefused)) throw error
      }
    },
    options: { concurrency: 8, attempts: 10, backoff: 500 },
  })

const verify = (until: number): Matter => ({ kind: 'verify', until })

const ask = (userId: UserId, mailId: string, matter: Matter): Asked => ({ userId, mailId, matter })
