import type { AccountLinks } from '../platform/account-links.ts'

/** What an account is told by mail, as far as it is known when it is asked for. Addresses are looked up when it is sent. */
export type Matter =
  | { readonly kind: 'verify'; readonly until: number }
  | { readonly kind: 'reset'; readonly requestId: string }
  | { readonly kind: 'passwordChanged' }
  | { readonly kind: 'change'; readonly requestId: string }
  | { readonly kind: 'addressChanged'; readonly requestId: string }

/** An account, as far as letters to it need to know. */
export type Addressee = {
  readonly userId: string
  readonly email: string
  readonly emailVerified: boolean
  readonly reset?: { readonly requestId: string } | undefined
  readonly emailChange?: { readonly requestId: string; readonly email: string } | undefined
  readonly previous?: { readonly requestId: string; readonly email: string } | undefined
}

/** A mail without its id. */
export type Letter = { readonly to: string; readonly subject: string; readonly text: string }

const sign = 'Agora'
const ignore = 'If this was not you, there is nothing to do.'

const written = (to: string, subject: string, ...paragraphs: readonly string[]): Letter => ({
  to,
  subject,
  text: `${[...paragraphs, sign].join('\n\n')}\n`,
})

/**
 * Writes a letter about an account. Its link is made here, at the last moment, so that no log, queue or list ever holds
 * what opens an account.
 * @param links makes the tokens in it
 * @param site where people reach Agora
 * @returns undefined when there is nothing to tell any more
 */
export const letterFor = (
  matter: Matter,
  { userId, email, emailVerified, reset, emailChange, previous }: Addressee,
  links: Pick<AccountLinks, 'make'>,
  site: string,
): Letter | undefined => {
  const linkTo = (page: string, token: string) => `${site}/${page}?token=${token}`
  switch (matter.kind) {
    case 'verify': {
      if (emailVerified) return undefined
      const token = links.make('verify', userId, String(matter.until), email)
      return written(
        email,
        'Is this your e-mail address?',
        'Somebody has opened an account at Agora with this address. If it was you, say so here within a week:',
        linkTo('verify', token),
        ignore,
      )
    }
    case 'reset': {
      // A later mail has a link that is good.
      if (reset?.requestId !== matter.requestId) return undefined
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
      if (emailChange?.requestId !== matter.requestId) return undefined
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
  }
}
