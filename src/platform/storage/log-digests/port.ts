import type { TextPage } from '../event-log/text-page.ts'

/** The log that a chain is about. Positions of one mean nothing in the other. */
export type ChainedLog = 'postgres' | 'eventstoredb'

/** Digest of a log up to a position. */
export type LogDigest = {
  /** Position of the last event. */
  readonly position: bigint
  /** Number of events from the start of the log. */
  readonly events: bigint
  /** SHA-256, 64 hex digits (`event-digest.ts`). */
  readonly digest: string
}

/** An entry of the chain: the digest at the end of a slice of the log. */
export type ChainEntry = LogDigest & {
  /** The first four bytes of the digest after each event of the slice. */
  readonly fingerprints: Buffer
  /** The digest as a JWS (`signed-digest.ts`). */
  readonly signature: string
}

/** The chain of digests over a log, entry by entry. Everything throws `Unavailable` in an outage. */
export type LogDigests = {
  /** Returns the last entry; undefined for an empty chain. */
  readonly last: () => Promise<ChainEntry | undefined>
  /** Returns at most `limit` entries after a position, in order; all for undefined. */
  readonly after: (position: bigint | undefined, limit: number) => Promise<readonly ChainEntry[]>
  /**
   * Adds an entry.
   * @param after position of the last entry, undefined for none
   * @returns whether that was the last one, and the entry was added
   */
  readonly add: (after: bigint | undefined, entry: ChainEntry) => Promise<boolean>
}

/** The events of a log as texts, exactly as they are stored: personal data stay encrypted. */
export type EventTexts = {
  readonly log: ChainedLog
  /** Returns the position of the last event; 0n without events. */
  readonly head: () => Promise<bigint>
  /** Reads at most `most` events after a position, up to another one. @returns undefined when there is none */
  readonly page: (range: {
    readonly after: bigint
    readonly last: bigint
    readonly most: number
  }) => Promise<TextPage | undefined>
  /** Whether each position is one greater than the last, so that a gap is an event that was removed. */
  readonly dense: boolean
}

/** A digest with the log that it is of. */
export type SignedDigest = LogDigest & { readonly log: ChainedLog }

/** Signs digests of logs. */
export type DigestSigner = {
  /** Public key, as a JSON Web Key (RFC 8037); its id is its thumbprint (RFC 7638). */
  readonly jwk: {
    readonly kty: string
    readonly crv: string
    readonly x: string
    readonly kid: string
  }
  /** Returns a digest as a JWS in compact form (RFC 7515), signed by Ed25519. */
  readonly sign: (digest: SignedDigest) => string
}

/** Result of checking a signature: `unknown` is signed by a key that is not one of those given. */
export type SignatureState = 'valid' | 'invalid' | 'unknown'

/** The chain as it is published. */
export type PublishedDigests = Pick<LogDigests, 'last'> & {
  readonly log: ChainedLog
  readonly jwk: DigestSigner['jwk']
}
