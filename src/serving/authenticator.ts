import type { Executor } from '../runtime/execution.ts'
import type { UserId } from '../domains/shared/index.ts'
import type { Caller } from './caller.ts'
import type { AccessTokens } from './ports.ts'
import type { EventFeed } from './event-feed.ts'

/** Recognises callers by their tokens, and knows which tokens have been revoked. */
export type Authenticator = {
  /**
   * The caller that an access token stands for. At once, except for a token that this process sees for the first time:
   * the log is asked whether it was revoked before.
   * @throws Problem 401 (or rejects with it) when it is expired, revoked, foreign, or no token of Agora
   * @throws Unavailable (or rejects with it) when that cannot be found out
   */
  readonly callerOf: (token: string) => Caller | Promise<Caller>
  /** The caller of a token that `callerOf` has found good in this process, and that still is; undefined for any other. */
  readonly knownCallerOf: (token: string) => Caller | undefined
  /**
   * The caller with a user's id, for processes that believe it.
   * @throws Problem 401 (or rejects with it) when there is no such account, or it may not be used
   */
  readonly callerNamed: (userId: string) => Promise<Caller>
  /** Why a token that was good is revoked, as far as this process knows; undefined when it is not. */
  readonly problemWith: (caller: Caller) => Error | undefined
  /** Calls a listener with every user whose tokens may have changed. @returns ends that */
  readonly onChange: (listener: (userId: UserId) => void) => () => void
  /** Stops following the log. */
  readonly close: () => Promise<void>
}

/** What an authenticator works with. */
export type Authenticating = {
  readonly tokens: Pick<AccessTokens, 'verify'>
  readonly executor: Pick<Executor, 'stateOf'>
  /** Announces what is recorded, by whichever process. */
  readonly feed: EventFeed
  /** The clock that access tokens are issued by. */
  readonly clock: () => Date
  /** Lifetime of an access token, in s. */
  readonly ttl: number
  /** Called with every failure that it recovers from. */
  readonly onError: (error: unknown) => void
}
