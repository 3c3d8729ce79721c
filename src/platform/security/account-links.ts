import { signer } from './signed-text.ts'

/** What a link by mail is good for. */
export type LinkKind = 'reset' | 'verify' | 'change'

/** A token out of a link, not yet known to be ours. */
export type OpenedLink = {
  readonly userId: string
  /** What it is about: the request it was asked for by, or until when it is good. */
  readonly about: string
  /** Whether it is ours. @param bound what it was made for and does not say itself, an address */
  readonly isOurs: (bound?: string) => boolean
}

/** What a link that verifies an address is about: until when it is good, and the credentials of its account then. */
export const verificationAbout = (until: number, credentials: number): string =>
  `${until}-${credentials}`

/**
 * Reads what such a link is about. The credentials change with the address, so that naming them is enough; older links
 * name the address instead, and are good while nothing has changed.
 * @param email the address that the account goes by
 * @returns undefined when it is none of ours
 */
export const verificationOf = (
  { about, isOurs }: Pick<OpenedLink, 'about' | 'isOurs'>,
  email: string | undefined,
): { readonly until: number; readonly credentials: number } | undefined => {
  const [until, credentials] = about.split('-')
  if (!(credentials === undefined ? isOurs(email) : isOurs())) return undefined
  return { until: Number(until), credentials: Number(credentials ?? 0) }
}

/** Makes and reads the tokens in links that accounts are sent by mail. */
export type AccountLinks = {
  /** @param bound something that must still be so when the link is followed, and that the token does not show */
  readonly make: (kind: LinkKind, userId: string, about: string, bound?: string) => string
  /** @returns undefined when it is no token of this kind */
  readonly open: (kind: LinkKind, token: string) => OpenedLink | undefined
}

/**
 * Tokens follow from what they are good for, so that they are made when the mail is sent and kept nowhere.
 * @param secret 32 bytes
 */
export const accountLinks = (secret: Buffer): AccountLinks => {
  const { sign, isSigned } = signer(secret)
  return {
    make: (kind, userId, about, bound = '') =>
      [kind, userId, about, sign(kind, userId, about, bound)].join('.'),
    open: (kind, token) => {
      const [said, userId = '', about = '', signature, ...more] = token.split('.')
      if (said !== kind || signature === undefined || more.length > 0) return undefined
      return {
        userId,
        about,
        isOurs: (bound = '') => isSigned(signature, kind, userId, about, bound),
      }
    },
  }
}
