import type { Projection, RecordedEvent } from '#kernel'
import type { UserId } from '../../domains/shared/index.ts'
import type { ProcessBus } from '../../platform/messaging/process-bus/port.ts'
import type { Receipts } from '../../platform/storage/idempotency/port.ts'
import type { Caller } from '../../serving/caller.ts'
import type { ChannelPorts } from '../../serving/channel-ports.ts'

/** Traces what is pushed to sockets. */
export type Pushing = {
  /** Now, in ms since 1970: the start of the work. */
  readonly now: () => number
  /** Records a span under each event, from `at` until now. */
  readonly done: (events: readonly RecordedEvent[], at: number) => void
}

/** The logger of the sockets. */
export type Logger = ChannelPorts['logger']

/** Ports that serving channels needs: those of the handlers, and those for admission, read models and the process bus. */
export type RealtimeDependencies = ChannelPorts & {
  /** Verifies an access token. @throws (or rejects) when the token is expired, revoked, foreign or invalid */
  readonly verifyToken: (token: string) => Caller | Promise<Caller>
  readonly revocations: {
    /** The reason why a verified token is no longer valid; undefined when it is valid. */
    readonly problemWith: (caller: Caller) => Error | undefined
    /** Subscribes to users whose tokens may have been revoked. @returns the unsubscribe function */
    readonly onChange: (listener: (userId: UserId) => void) => () => void
    /** Subscribes to revocations of signing keys, which may concern the tokens of any user. @returns the unsubscribe function */
    readonly onKeysRevoked: (listener: () => void) => () => void
  }
  readonly progress: {
    /**
     * Returns documents of a read model from the memory of this process's projector, without a query.
     * @returns undefined unless all of them are in memory
     */
    readonly cached: <D>(
      projection: Projection<D>,
      keys: readonly string[],
    ) => readonly D[] | undefined
  }
  /** The process bus, which carries messages to the sockets of other processes. */
  readonly between: Pick<ProcessBus, 'publish' | 'subscribe'>
  /** Stored answers of commands with a key. */
  readonly receipts: Receipts
  /** Traces pushes. @param name of their spans. Default: untraced */
  readonly traced?: ((name: string) => Pushing) | undefined
  /** Origins whose pages may connect; `*` allows all. */
  readonly corsOrigins: readonly string[]
}
