/** A public key, as a JSON Web Key (RFC 7517, RFC 8037). */
export type PublicJwk = {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly kid: string
  readonly use: 'sig'
  readonly alg: 'EdDSA'
}

/** The pair of keys that access tokens are signed with, and secrets that follow from it. */
export type SigningKeys = {
  /** Names the key: its thumbprint (RFC 7638). */
  readonly kid: string
  /** PEM. */
  readonly privateKey: string
  /** PEM. */
  readonly publicKey: string
  /** What anybody may know, to verify tokens with. */
  readonly jwks: { readonly keys: readonly PublicJwk[] }
  /**
   * A secret for one purpose, the same in every process that has the key (HKDF, RFC 5869).
   * @param purpose what it is for; different purposes get unrelated secrets
   * @returns 32 bytes
   */
  readonly secretFor: (purpose: string) => Buffer
}
