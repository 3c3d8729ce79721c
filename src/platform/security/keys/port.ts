/** A public key, as a JSON Web Key (RFC 7517, RFC 8037). */
export type PublicJwk = {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly kid: string
  readonly use: 'sig'
  readonly alg: 'EdDSA'
}

/** A key that verifies tokens. */
export type VerifyingKey = {
  /** Names the key: its thumbprint (RFC 7638). */
  readonly kid: string
  /** PEM. */
  readonly publicKey: string
  readonly jwk: PublicJwk
}

/** A key that signs tokens. */
export type SigningKey = VerifyingKey & {
  /** PEM. */
  readonly privateKey: string
}

/** The life of a key, in ms since 1970. */
export type KeyTimes = {
  readonly createdAt: number
  /** It is published from the beginning, and signs from here on, until a later one does. */
  readonly signsFrom: number
  /** Until here tokens may be about that it has signed; not known as long as no other key comes after it. */
  readonly verifiesUntil?: number
}

/** The keys that access tokens are signed with, the same in every process, and the secrets of this Agora. */
export type SigningKeys = {
  /** The key that signs just now. */
  readonly signing: () => SigningKey
  /** One of ours by its name, while it verifies; nothing is known of any other. */
  readonly verifying: (kid: string) => VerifyingKey | undefined
  /** What anybody may know, to verify tokens with; the key that signs comes first. */
  readonly jwks: () => { readonly keys: readonly PublicJwk[] }
  /** All keys that verify. */
  readonly times: () => readonly (KeyTimes & Pick<SigningKey, 'kid'>)[]
  /**
   * Makes a new key. All processes know it within seconds; it signs after a pause in which others can learn of it, and
   * the keys before it verify until their last token has expired.
   * @param options.revoke for an emergency: the new key signs at once, and no other one verifies any more
   * @returns the name of the new key
   * @throws Unavailable
   */
  readonly rotate: (options?: { readonly revoke?: boolean }) => Promise<string>
  /** Calls a listener when keys were revoked, and tokens that were good are no longer. @returns ends that */
  readonly onRevoked: (listener: () => void) => () => void
  /**
   * A secret for one purpose, the same in every process of this Agora (HKDF, RFC 5869).
   * @param purpose what it is for; different purposes get unrelated secrets
   * @returns 32 bytes
   */
  readonly secretFor: (purpose: string) => Buffer
  readonly close: () => Promise<void>
}

/** How keys come and go, in ms. */
export type Keeping = {
  /** The most that a token may be good for. Default: 15 min. */
  readonly tokenTtl?: number
  /** A key that is older than this is replaced by itself. Default: 90 days. */
  readonly longest?: number
  /** So long a new key is known before it signs. Default: 2 min. */
  readonly pause?: number
  /** How often it is looked after whether a key is too old. Default: 1 h. */
  readonly every?: number
  /** Default: the system's. */
  readonly clock?: () => number
}

/** The secret is another one than the keys were sealed with. */
export class WrongSecret extends Error {
  override name = 'WrongSecret'
}
