import type { Projection } from '#kernel'
import type { UserId } from '../../domains/shared/index.ts'
import type { Between } from '../../platform/messaging/process-bus/port.ts'
import type { Caller } from '../../serving/caller.ts'
import type { ChannelPorts } from '../../serving/channel-ports.ts'

/** The log of what goes wrong. */
export type Logger = ChannelPorts['logger']

/** What serving channels needs: the ports of their handlers, and what admits, follows and connects processes. */
export type RealtimeDependencies = ChannelPorts & {
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
  /** The bus to the sockets of other processes, for what is not in the log. */
  readonly between: Pick<Between, 'tell' | 'hear'>
  /** Web pages of these origins may connect; `*` allows all. */
  readonly corsOrigins: readonly string[]
}
