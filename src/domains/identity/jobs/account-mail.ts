import { account, session, verificationHolds } from '../language.ts'
import type { SessionId, UserId } from '../../shared/index.ts'
import { MailRefused } from '../../../platform/external/mail/port.ts'
import { letterFor, type Matter } from './account-letters.ts'
import { job } from '../../../serving/job.ts'
import { strangeSignIn } from './strange-sign-in.ts'

type Asked = {
  readonly userId: UserId
  readonly mailId: string
  readonly matter: Matter | SignedIn
}

/** Whether a mail is needed is decided when the job runs. `at` is a position of the log. */
type SignedIn = { readonly kind: 'signedIn'; readonly sessionId: SessionId; readonly at: string }

/**
 * Sends mails about accounts: verification of an address, new password, changes, sign-ins. They are not notifications, as
 * only the recipient may read their links, and users cannot opt out.
 */
export const accountMail = job({
  name: 'account-mail',
  from: [account, session],
  on: {
    UserRegistered: ({ id, eventId, at, data: { emailVerified } }): Asked | undefined =>
      emailVerified ? undefined : ask(id, eventId, verify(Date.parse(at) + verificationHolds)),
    EmailVerificationRequested: ({ id, eventId, data: { expiresAt } }) =>
      ask(id, eventId, verify(Date.parse(expiresAt))),
    PasswordResetRequested: ({ id, eventId, data: { requestId } }) =>
      ask(id, eventId, { kind: 'reset', requestId }),
    SessionsEnded: ({ id, eventId, data: { reason } }) =>
      reason === 'password_changed' || reason === 'password_reset'
        ? ask(id, eventId, { kind: 'passwordChanged' })
        : undefined,
    EmailChangeRequested: ({ id, eventId, data: { requestId } }) =>
      ask(id, eventId, { kind: 'change', requestId }),
    EmailChanged: ({ id, eventId, data: { requestId } }) =>
      ask(id, eventId, { kind: 'addressChanged', requestId }),
    SignInAdded: ({ id, eventId, data: { provider } }) =>
      ask(id, eventId, { kind: 'signInAdded', provider }),
    SignInRemoved: ({ id, eventId, data: { provider } }) =>
      ask(id, eventId, { kind: 'signInRemoved', provider }),
    UserLoggedIn: ({ id: sessionId, eventId, position, data: { userId, newDevice } }) =>
      newDevice && ask(userId, eventId, { kind: 'signedIn', sessionId, at: String(position) }),
    LoginFailed: ({ id, eventId, data: { failures, alarmedAt } }) =>
      alarmedAt === undefined ? undefined : ask(id, eventId, { kind: 'guessed', failures }),
    RefreshTokenReuseDetected: ({ eventId, data: { userId } }) =>
      ask(userId, eventId, { kind: 'tokenReused' }),
  },
  run: async (
    { userId, mailId, matter: recorded },
    _origin,
    { executor, readModels, letters: { links, site }, mailer },
  ) => {
    const { state } = await executor.stateOf(account, userId)
    if (state.status !== 'active') return
    const matter =
      recorded.kind === 'signedIn'
        ? await strangeSignIn(readModels, userId, recorded.sessionId, BigInt(recorded.at))
        : recorded
    const letter = matter && letterFor(matter, { userId, ...state }, links, site())
    if (!letter) return
    try {
      await mailer.send({ id: mailId, ...letter })
    } catch (error) {
      // The mail server will never accept it; the user may request another one.
      if (!(error instanceof MailRefused)) throw error
    }
  },
  givenUp: {
    reportsNothing:
      'No saga waits for a mail, and users request another link; the dead letter shows that it was not sent.',
  },
  options: { concurrency: 8, attempts: 10, backoff: 500 },
})

const verify = (until: number): Matter => ({ kind: 'verify', until })

const ask = (userId: UserId, mailId: string, matter: Asked['matter']): Asked => ({
  userId,
  mailId,
  matter,
})
