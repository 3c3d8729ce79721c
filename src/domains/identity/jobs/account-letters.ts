import { verificationAbout, type AccountLinks } from '../../../platform/security/account-links.ts'

/** Subject of a mail about an account, as it is queued. Addresses are read when the mail is sent. */
export type Matter =
  | { readonly kind: 'verify'; readonly until: number }
  | { readonly kind: 'reset'; readonly requestId: string }
  | { readonly kind: 'passwordChanged' | 'closed' }
  | { readonly kind: 'change'; readonly requestId: string }
  | { readonly kind: 'addressChanged'; readonly requestId: string }
  /** `at` is a time, ISO 8601 in UTC; `place` an IP address. */
  | { readonly kind: 'newDevice'; readonly at: string; readonly place?: string | undefined }
  | { readonly kind: 'tokenReused' }
  | { readonly kind: 'guessed'; readonly failures: number }
  | { readonly kind: 'signInAdded' | 'signInRemoved'; readonly provider: string }

type Asked = { readonly requestId: string; readonly credentials: number }

/** Fields of an account that its mails use. */
export type Addressee = {
  readonly userId: string
  readonly email: string
  readonly emailVerified: boolean
  readonly passwordHash: string
  readonly signIns: readonly object[]
  /** Number of changes of the credentials: a link that was requested before the last one is invalid. */
  readonly credentials: number
  readonly reset?: Asked | undefined
  readonly emailChange?: (Asked & { readonly email: string }) | undefined
  readonly previous?: { readonly requestId: string; readonly email: string } | undefined
}

/** Content of a mail. */
export type Letter = { readonly to: string; readonly subject: string; readonly text: string }

const sign = 'Agora'
const ignore = 'If this was not you, there is nothing to do.'

const alarm =
  'If this was not you, set a new password at once: ask for a mail where you sign in. That ends all sessions.'

const written = (to: string, subject: string, ...paragraphs: readonly string[]): Letter => ({
  to,
  subject,
  text: `${[...paragraphs, sign].join('\n\n')}\n`,
})

/**
 * Writes a mail about an account. Its link is created here, just before sending, so that no log, queue or list holds a
 * token that opens an account.
 * @param links creates the tokens of links
 * @param site public URL of Agora
 * @returns undefined when the mail is no longer needed
 */
export const letterFor = (
  matter: Matter,
  addressee: Addressee,
  links: Pick<AccountLinks, 'make'>,
  site: string,
): Letter | undefined => {
  const { userId, email, emailVerified, passwordHash, signIns, credentials } = addressee
  const { reset, emailChange, previous } = addressee
  /** Returns whether a link would be valid: the last mail has the valid one. */
  const isValid = (asked: Asked | undefined, requestId: string): asked is Asked =>
    asked?.requestId === requestId && asked.credentials === credentials
  const linkTo = (page: string, token: string) => `${site}/${page}?token=${token}`
  switch (matter.kind) {
    case 'verify': {
      if (emailVerified) return undefined
      const token = links.make('verify', userId, verificationAbout(matter.until, credentials))
      return written(
        email,
        'Is this your e-mail address?',
        'Somebody has opened an account at Agora with this address. If it was you, say so here within a week:',
        linkTo('verify', token),
        ignore,
      )
    }
    case 'reset': {
      if (!isValid(reset, matter.requestId)) return undefined
      return written(
        email,
        'Set a new password',
        'Somebody has asked to set a new password for your account. If it was you, do so here within an hour:',
        linkTo('reset', links.make('reset', userId, matter.requestId)),
        `${ignore} Your password stays as it is.`,
      )
    }
    case 'passwordChanged':
      return written(
        email,
        'Your password was changed',
        'The password of your account was changed, and your other sessions have ended.',
        'If this was not you, set a new one at once: ask for a mail where you sign in.',
      )
    case 'change': {
      if (!emailChange || !isValid(emailChange, matter.requestId)) return undefined
      return written(
        emailChange.email,
        'Is this your new e-mail address?',
        'You have asked to go by this address at Agora. Say that it is yours here within an hour:',
        linkTo('verify', links.make('change', userId, matter.requestId)),
        ignore,
      )
    }
    case 'addressChanged': {
      if (previous?.requestId !== matter.requestId) return undefined
      return written(
        previous.email,
        'Your e-mail address was changed',
        'Your account goes by another e-mail address from now on; this one is not used any more.',
        'If this was not you, tell whoever runs this Agora at once.',
      )
    }
    case 'closed':
      return written(
        email,
        'Your account is closed',
        'Your account at Agora is closed, and you are being forgotten. Orders stay in the books, without your name and address. This is the last mail that you get.',
        'If this was not you, tell whoever runs this Agora.',
      )
    // The user agent is not quoted: its sender could put a text into the mail.
    case 'newDevice':
      return written(
        email,
        'A new sign-in to your account',
        `Somebody signed in to your account on a device that was not seen here before, on ${matter.at.slice(0, 10)} at ${matter.at.slice(11, 16)} UTC${matter.place === undefined ? '' : `, from the address ${matter.place}`}.`,
        alarm,
      )
    case 'tokenReused':
      return written(
        email,
        'One of your sessions was ended',
        'A key to one of your sessions was used twice, so that somebody else may have a copy of it. The session was ended; sign in again where you need it.',
        'If this comes again, set a new password: ask for a mail where you sign in. That ends all sessions.',
      )
    case 'guessed':
      return written(
        email,
        'Somebody tries to sign in to your account',
        `There were ${matter.failures} attempts in a row to sign in to your account with a wrong password. They wait longer and longer; where you have signed in before, you are not delayed.`,
        'If it was you, set a new password: ask for a mail where you sign in. If not, there is nothing to do, as long as nobody else knows your password.',
      )
    case 'signInAdded':
      // The user has just signed in by this identity and knows.
      if (passwordHash === '' && signIns.length === 1) return undefined
      return written(
        email,
        'Another way to sign in to your account',
        `From now on, an identity at ${matter.provider} signs in to your account as well.`,
        `${alarm} Then take ${matter.provider} off your account.`,
      )
    case 'signInRemoved':
      return written(
        email,
        'A way to sign in to your account was removed',
        `The identity at ${matter.provider} does not sign in to your account any more.`,
        alarm,
      )
  }
}
