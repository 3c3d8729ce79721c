import type {
  GroupDefinition,
  GroupKey,
  LeaderAddress,
  StoredGroup,
} from '../../../platform/messaging/consumer-groups/port.ts'
import type { GroupFigures } from '../../../platform/observability/reports/port.ts'
import type { Caller } from '../callers.ts'
import type { GroupConsumer, GroupRun, RunReport } from './group-run.ts'

/** A group as it is reported. */
export type GroupReport = StoredGroup & {
  /** Place of the last event of its source; that before the first without any. */
  readonly last: bigint
  /** Of the run, while the group has consumers. */
  readonly run: RunReport | undefined
}

/** The lease under which this process leads. */
export type Leadership = {
  /** Aborted when the lease is lost, or the process stops. */
  readonly signal: AbortSignal
  readonly isHeld: () => boolean
}

/** A consumer's side of a group. */
export type Joined = Pick<GroupRun, 'ack' | 'nack' | 'written'> & {
  /** Leaves the group; what is in flight is retried. */
  readonly leave: () => Promise<void>
}

/** All groups of the log, as one process leads them. Each operation throws CallRefused in a process that does not. */
export type Groups = {
  /** Leads until the signal is aborted; resolves once the groups are saved. @param address of this endpoint for clients */
  readonly lead: (leadership: Leadership, address: LeaderAddress) => Promise<void>
  readonly create: (
    caller: Caller,
    key: GroupKey,
    definition: Omit<GroupDefinition, 'view'>,
  ) => Promise<void>
  /** Changes start and settings, and disconnects the consumers. */
  readonly update: (
    caller: Caller,
    key: GroupKey,
    definition: Pick<GroupDefinition, 'startFrom' | 'settings'>,
  ) => Promise<void>
  readonly remove: (caller: Caller, key: GroupKey) => Promise<void>
  readonly join: (caller: Caller, key: GroupKey, consumer: GroupConsumer) => Promise<Joined>
  /** Has the first parked messages delivered again. @param limit maximum number; undefined for all */
  readonly replayParked: (caller: Caller, key: GroupKey, limit?: number) => Promise<void>
  readonly report: (caller: Caller, key: GroupKey) => Promise<GroupReport>
  /** Reports the groups of a source, or of all, that the caller may read. */
  readonly list: (caller: Caller, source?: string) => Promise<readonly GroupReport[]>
  /** Has the groups that run deliver what another process has requested. */
  readonly checkReplays: () => Promise<void>
  /** Numbers of all groups, for operators; none in a process that does not lead. */
  readonly figures: () => Promise<readonly GroupFigures[]>
  /** Disconnects all consumers, for admins. */
  readonly restart: (caller: Caller) => Promise<void>
}
