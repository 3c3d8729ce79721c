/** Somebody, as a provider of identities vouches for them. */
export type ExternalPerson = {
  /** Who vouches; a URL. */
  readonly issuer: string
  /** Who they are there, for good. */
  readonly subject: string
  readonly email?: string
  /** Whether the provider has found out that the address is theirs. */
  readonly emailVerified: boolean
  /** What they want to be called. */
  readonly name?: string
  readonly username?: string
}

/** What has to be kept between the two halves of a sign-in, where nobody else can read it. */
export type Attempt = {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** The person, or their provider, said no. */
export class SignInDenied extends Error {
  override name = 'SignInDenied'
}

/** What came back from a provider is not what was asked for, too old, or was used before. */
export class SignInRejected extends Error {
  override name = 'SignInRejected'
}

/** Somebody else who knows people, and lets them sign in here. */
export type IdentityProvider = {
  /** What it is called here. */
  readonly name: string
  /**
   * Begins a sign-in.
   * @param redirectUri where the provider is to send the browser back to
   * @returns where to send the browser
   * @throws Unavailable
   */
  readonly begin: (
    redirectUri: string,
  ) => Promise<{ readonly url: string; readonly attempt: Attempt }>
  /**
   * Ends it.
   * @param returned the URL that the browser came back to
   * @throws SignInDenied
   * @throws SignInRejected
   * @throws Unavailable
   */
  readonly finish: (returned: string, attempt: Attempt) => Promise<ExternalPerson>
}
