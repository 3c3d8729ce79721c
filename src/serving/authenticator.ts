import type { Executor } from '../runtime/execution.ts'
import type { UserId } from '../domains/shared/index.ts'
import type { Caller } from './caller.ts'
import type { AccessTokens } from './ports.ts'
import type { EventFeed } from './event-feed.ts'

/** Authenticates callers by their tokens, and tracks revoked tokens. */
export type Authenticator = {
  /**
   * Returns the caller of an access token. Synchronous, except for a token that this process sees for the first time:
   * then the log is checked for an earlier revocation; and for tokens of service accounts, whose present rights are read.
   * @throws Problem 401 (or rejects with it) when the token is expired, revoked, foreign or invalid
   * @throws Unavailable (or rejects with it) when the log cannot be read
   */
  readonly callerOf: (token: string) => Caller | Promise<Caller>
  /** Returns the caller of a token that `callerOf` has accepted in this process and that is still valid; undefined for any other. */
  readonly knownCallerOf: (token: string) => Caller | undefined
  /**
   * Returns the caller with a user's id, for processes that trust the id.
   * @throws Problem 401 (or rejects with it) when there is no such account, or it is suspended or closed
   */
  readonly callerNamed: (userId: string) => Promise<Caller>
  /** The reason why a verified token is revoked, as far as this process has read the log; undefined when it is not. */
  readonly problemWith: (caller: Caller) => Error | undefined
  /** Subscribes to users whose tokens may have been revoked. @returns the unsubscribe function */
  readonly onChange: (listener: (userId: UserId) => void) => () => void
  /** Stops following the log. */
  readonly close: () => Promise<void>
}

/** The dependencies of an authenticator. */
export type Authenticating = {
  readonly tokens: Pick<AccessTokens, 'verify'>
  readonly executor: Pick<Executor, 'stateOf'>
  /** Announces events of all processes. */
  readonly feed: EventFeed
  /** The clock that access tokens are issued by. */
  readonly clock: () => Date
  /** Lifetime of an access token, in s. */
  readonly ttl: number
  /** Called with every failure that it recovers from. */
  readonly onError: (error: unknown) => void
}
