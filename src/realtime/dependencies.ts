import type { Catalogue, Projection } from '#kernel'
import type { SessionId, UserId, Role } from '../domains/shared/index.ts'
import type { Between } from '../platform/between/port.ts'
import type { EventLog, Slice } from '../platform/event-log/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'

/** A signed-in user, as their token tells. */
export type Caller = {
  readonly id: UserId
  readonly roles: readonly Role[]
  /** Seconds since 1970. */
  readonly expiresAt: number
  readonly sessionId: SessionId
  readonly era: number
}

/** Writes down what goes wrong. */
export type Logger = {
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}

/** All that the sockets are handed. */
export type RealtimeDependencies = {
  /** @throws (or rejects) when it is expired, revoked, foreign, or no token at all */
  readonly verifyToken: (token: string) => Caller | Promise<Caller>
  readonly revocations: {
    /** Why a token that was good is good no longer; undefined when it is. */
    readonly problemWith: (caller: Caller) => Error | undefined
    /** Calls a listener with every user whose tokens may have changed. @returns ends that */
    readonly onChange: (listener: (userId: UserId) => void) => () => void
    /** Calls a listener when tokens of anybody may be good no longer: keys were revoked. @returns ends that */
    readonly onKeysRevoked: (listener: () => void) => () => void
  }
  readonly readModels: ReadModels
  readonly feed: {
    /** What comes after a position; waits until there is something. @throws the signal's reason */
    readonly next: (
      after: bigint,
      options: { readonly signal: AbortSignal; readonly types?: readonly string[] },
    ) => Promise<Slice>
    /** The end of the log, as far as it has been heard of. */
    readonly head: () => bigint
  }
  readonly progress: {
    /**
     * Documents of a read model that this process has just written, without a question to the store.
     * @returns undefined when they are not all in memory here
     */
    readonly cached: <D>(
      projection: Projection<D>,
      keys: readonly string[],
    ) => readonly D[] | undefined
    /**
     * Waits until a read model has reached a position, and says where it stands then.
     * @param patience in ms
     * @throws NotCaughtUp when that takes longer
     */
    readonly reach: (name: string, position: bigint, patience: number) => Promise<bigint>
  }
  readonly executor: Executor
  /** For analysts, who read all of it. */
  readonly log: Pick<EventLog, 'read' | 'readAll' | 'head' | 'streams' | 'dense'>
  readonly catalogue: Pick<Catalogue, 'masked' | 'streamTold'>
  /** The way to the sockets of other processes, for what is not in the log. */
  readonly between: Pick<Between, 'tell' | 'hear'>
  readonly logger: Logger
  /** The clock by which tokens are issued. */
  readonly clock: () => Date
  /** Web pages of these origins may connect; `*` allows all. */
  readonly corsOrigins: readonly string[]
}
