import { signer } from './signed-text.ts'

/** Purpose of a link that is sent by mail. */
export type LinkKind = 'reset' | 'verify' | 'change'

/** Token from a link, parsed; its signature is not verified yet. */
export type OpenedLink = {
  readonly userId: string
  /** Subject of the link: the request that asked for it, or its expiry. */
  readonly about: string
  /** Whether the signature is valid. @param bound the value that the token was bound to without containing it, an address */
  readonly isOurs: (bound?: string) => boolean
}

/** Subject of a link that verifies an address: its expiry, in ms since 1970, and the number of the account's credentials. */
export const verificationAbout = (until: number, credentials: number): string =>
  `${until}-${credentials}`

/**
 * Parses and verifies the subject of such a link. The number of the credentials changes with the address, so it stands for
 * the address; older links are bound to the address instead, and are valid while neither has changed.
 * @param email the address of the account
 * @returns undefined when the signature is invalid
 */
export const verificationOf = (
  { about, isOurs }: Pick<OpenedLink, 'about' | 'isOurs'>,
  email: string | undefined,
): { readonly until: number; readonly credentials: number } | undefined => {
  const [until, credentials] = about.split('-')
  if (!(credentials === undefined ? isOurs(email) : isOurs())) return undefined
  return { until: Number(until), credentials: Number(credentials ?? 0) }
}

/** Signs and parses the tokens of links that are sent to accounts by mail. */
export type AccountLinks = {
  /** @param bound a value that must be unchanged when the link is followed; the token does not contain it */
  readonly make: (kind: LinkKind, userId: string, about: string, bound?: string) => string
  /** @returns undefined when the text is not a token of this kind */
  readonly open: (kind: LinkKind, token: string) => OpenedLink | undefined
}

/**
 * Tokens by HMAC. A token follows from its content, so it is made when the mail is sent, and stored nowhere.
 * @param secret 32 bytes
 */
export const accountLinks = (secret: Buffer): AccountLinks => {
  const { sign, isSigned } = signer(secret)
  return {
    make: (kind, userId, about, bound = '') =>
      [kind, userId, about, sign(kind, userId, about, bound)].join('.'),
    open: (kind, token) => {
      const [tokenKind, userId = '', about = '', signature, ...more] = token.split('.')
      if (tokenKind !== kind || signature === undefined || more.length > 0) return undefined
      return {
        userId,
        about,
        isOurs: (bound = '') => isSigned(signature, kind, userId, about, bound),
      }
    },
  }
}
