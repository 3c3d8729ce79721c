/** A person as an identity provider describes them. */
export type ExternalPerson = {
  /** URL of the provider. */
  readonly issuer: string
  /** The person's permanent id at the provider. */
  readonly subject: string
  readonly email?: string
  /** Whether the provider has verified that the address belongs to the person. */
  readonly emailVerified: boolean
  /** Display name. */
  readonly name?: string
  readonly username?: string
}

/** State of a sign-in between its two requests; to be stored where only its browser can return it. */
export type Attempt = {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** The person, or their provider, declined the sign-in. */
export class SignInDenied extends Error {
  override name = 'SignInDenied'
}

/** The response of a provider is invalid, expired, or was used before. */
export class SignInRejected extends Error {
  override name = 'SignInRejected'
}

/** An external provider whose users can sign in to Agora. */
export type IdentityProvider = {
  /** Name of the provider in Agora. */
  readonly name: string
  /**
   * Begins a sign-in.
   * @param redirectUri URL to which the provider redirects the browser at the end
   * @returns the URL to redirect the browser to, and the state to store
   * @throws Unavailable
   */
  readonly begin: (
    redirectUri: string,
  ) => Promise<{ readonly url: string; readonly attempt: Attempt }>
  /**
   * Completes a sign-in.
   * @param returned the URL to which the provider redirected the browser
   * @throws SignInDenied
   * @throws SignInRejected
   * @throws Unavailable
   */
  readonly finish: (returned: string, attempt: Attempt) => Promise<ExternalPerson>
}
