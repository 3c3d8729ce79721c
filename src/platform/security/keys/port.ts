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
  /** Id of the key: its thumbprint (RFC 7638). */
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

/** The times of a key, in ms since 1970. */
export type KeyTimes = {
  readonly createdAt: number
  /** When the key begins to sign; it is published before, and signs until a newer key begins. */
  readonly signsFrom: number
  /** When the last token that it signed has expired; undefined as long as no newer key exists. */
  readonly verifiesUntil?: number
}

/** The keys that sign access tokens, the same in every process, and the secrets of this Agora. */
export type SigningKeys = {
  /** Returns the key that signs at present. */
  readonly signing: () => SigningKey
  /** Returns a key by its id; undefined if it is unknown or verifies no longer. */
  readonly verifying: (kid: string) => VerifyingKey | undefined
  /** Returns the public keys, for anybody to verify tokens with; the one that signs comes first. */
  readonly jwks: () => { readonly keys: readonly PublicJwk[] }
  /** Returns the times of all keys that verify. */
  readonly times: () => readonly (KeyTimes & Pick<SigningKey, 'kid'>)[]
  /**
   * Creates a new key. All processes know it within seconds; it signs after a pause in which verifiers can fetch it, and
   * older keys verify until their last token has expired.
   * @param options.revoke for an emergency: the new key signs at once, and no other key verifies from then on
   * @returns the id of the new key
   * @throws Unavailable
   */
  readonly rotate: (options?: { readonly revoke?: boolean }) => Promise<string>
  /** Calls a listener when keys were revoked, so that valid tokens have become invalid. @returns removes the listener */
  readonly onRevoked: (listener: () => void) => () => void
  /**
   * Derives a secret for one purpose, the same in every process of this Agora (HKDF, RFC 5869).
   * @param purpose different purposes have unrelated secrets
   * @returns 32 bytes
   */
  readonly secretFor: (purpose: string) => Buffer
  readonly close: () => Promise<void>
}

/** Rotation of the signing keys; durations in ms. */
export type KeyPolicy = {
  /** Longest lifetime of a token. Default: 15 min. */
  readonly tokenTtl?: number
  /** Age at which a key is rotated automatically. Default: 90 days. */
  readonly longest?: number
  /** Time from the publication of a new key until it signs. Default: 2 min. */
  readonly pause?: number
  /** Interval at which the age of the keys is checked. Default: 1 h. */
  readonly every?: number
  /** ms since 1970. Default: the system's clock. */
  readonly clock?: () => number
}

/** The keys were encrypted with another secret than the present one. */
export class WrongSecret extends Error {
  override name = 'WrongSecret'
}
