/** Source of a group that reads the whole log. */
export const wholeLog = '$all'

/** Name of a group: unique for its source. */
export type GroupKey = {
  /** A stream, or {@link wholeLog}. */
  readonly source: string
  readonly name: string
}

/** How the messages of a group are distributed among its consumers. */
export const strategies = [
  'RoundRobin',
  'DispatchToSingle',
  'Pinned',
  'PinnedByCorrelation',
] as const

/** One of {@link strategies}. */
export type Strategy = (typeof strategies)[number]

/** Settings of a group, as EventStoreDB defines them. */
export type GroupSettings = {
  /** Stored and returned only: the log has no links. */
  readonly resolveLinks: boolean
  /** Whether response times of the consumers are measured. */
  readonly extraStatistics: boolean
  /** Time until a message that is not acknowledged is retried, in ms; 0 for no limit. */
  readonly messageTimeoutMs: number
  /** Number of retries after which a message is parked. */
  readonly maxRetryCount: number
  /** Shortest time between two checkpoints, in ms, unless `maxCheckpointCount` messages were done. */
  readonly checkpointAfterMs: number
  /** Least number of messages between two checkpoints. */
  readonly minCheckpointCount: number
  /** Number of messages after which a checkpoint is saved at once. */
  readonly maxCheckpointCount: number
  /** Maximum number of consumers; 0 for no limit. */
  readonly maxSubscriberCount: number
  /** Number of messages that wait for consumers in memory, once the group has caught up. */
  readonly liveBufferSize: number
  /** Number of events that are taken from the log at a time. */
  readonly readBatchSize: number
  /** Number of messages that wait for consumers in memory, before the group has caught up. */
  readonly historyBufferSize: number
  readonly strategy: Strategy
}

/** Filter of a group that reads the whole log. */
export type GroupFilter = {
  readonly of: 'stream' | 'type'
  readonly prefixes: readonly string[]
  /** Empty where prefixes are given. */
  readonly regex: string
}

/** What a group reads, and how. */
export type GroupDefinition = {
  /** `start`, `end`, or a revision or position in decimal digits. */
  readonly startFrom: string
  readonly settings: GroupSettings
  readonly filter?: GroupFilter
  /** Whether the group reads events as recorded, or masked ones. */
  readonly view: 'full' | 'masked'
}

/** How far a group is. Places are positions of the log, or revisions of the stream (-1n: before the first). */
export type GroupProgress = {
  /** Place up to which everything is done. */
  readonly checkpoint: bigint
  /** Places after the checkpoint that are done. */
  readonly ahead: readonly bigint[]
  /** Retries of messages that are not done. */
  readonly retries: readonly (readonly [place: bigint, retries: number])[]
}

/** A message that was set aside. */
export type ParkedMessage = {
  readonly place: bigint
  readonly retries: number
  /** Why it was parked, in words of Agora: those of consumers may name people, and nothing would erase them. */
  readonly reason: string
}

/** A stored group. */
export type StoredGroup = GroupKey &
  GroupDefinition & {
    readonly progress: GroupProgress
    /** Number of parked messages, without those that are delivered again. */
    readonly parked: number
  }

/** A stored group as operators see it: without what it is made of, which may be large. */
export type GroupSummary = GroupKey &
  Pick<GroupDefinition, 'view'> & {
    readonly strategy: Strategy
    /** Place up to which everything is done, as it was saved last. */
    readonly checkpoint: bigint
    /** Number of parked messages, without those that are delivered again. */
    readonly parked: number
    /** Number of parked messages that are delivered again, and are not done. */
    readonly replaying: number
  }

/** Changes of a group, saved in one step. */
export type GroupChanges = {
  readonly progress: GroupProgress
  /** Messages that were parked; those that were delivered again are parked as before. */
  readonly parked: readonly ParkedMessage[]
  /** Places of messages that were delivered again after they were parked, and are done. */
  readonly settled: readonly bigint[]
}

/** Address of an endpoint for its clients. */
export type LeaderAddress = { readonly host: string; readonly port: number }

/** Limit of groups. */
export const mostGroups = 500

/**
 * Store of the groups of competing consumers. One process at a time leads all of them; it holds a lease, and its writes have
 * its term, so that a process that hung overwrites nothing.
 */
export type ConsumerGroups = {
  /** Begins a term. @returns its number, greater than all before */
  readonly lead: (address: LeaderAddress) => Promise<bigint>
  /** Returns the address of the process with the latest term; it may have ended. */
  readonly leader: () => Promise<LeaderAddress | undefined>
  /**
   * Creates a group.
   * @param checkpoint the place after which it begins
   * @returns `full` when there are {@link mostGroups} groups
   * @throws StaleTerm
   */
  readonly create: (
    term: bigint,
    key: GroupKey,
    definition: GroupDefinition,
    checkpoint: bigint,
  ) => Promise<'created' | 'exists' | 'full'>
  /**
   * Replaces start and settings of a group. A group that has saved progress keeps it; another one begins after `checkpoint`.
   * @returns false without such a group
   * @throws StaleTerm
   */
  readonly update: (
    term: bigint,
    key: GroupKey,
    definition: Pick<GroupDefinition, 'startFrom' | 'settings'>,
    checkpoint: bigint,
  ) => Promise<boolean>
  /** Removes a group with its parked messages. @returns false without such a group @throws StaleTerm */
  readonly remove: (term: bigint, key: GroupKey) => Promise<boolean>
  readonly find: (key: GroupKey) => Promise<StoredGroup | undefined>
  /** Returns all groups, by source and name. */
  readonly list: () => Promise<readonly StoredGroup[]>
  /** Returns summaries of all groups, by source and name. */
  readonly summaries: () => Promise<readonly GroupSummary[]>
  /** Saves changes of a group; of one that was removed, nothing. @throws StaleTerm */
  readonly save: (term: bigint, key: GroupKey, changes: GroupChanges) => Promise<void>
  /**
   * Has the first parked messages delivered again: they no longer count as parked, and are returned by `replaying` until they
   * are settled or parked again.
   * @param limit maximum number of messages; undefined for all
   * @returns those messages
   * @throws StaleTerm
   */
  readonly replay: (
    term: bigint,
    key: GroupKey,
    limit?: number,
  ) => Promise<readonly ParkedMessage[]>
  /**
   * As `replay`, from any process: the one that leads reads `replaying` when it hears of it, or next runs the group.
   * @returns the number of those messages; undefined without such a group
   */
  readonly requestReplay: (key: GroupKey, limit?: number) => Promise<number | undefined>
  /** Returns the messages that are to be delivered again, in the order of their places. */
  readonly replaying: (key: GroupKey) => Promise<readonly ParkedMessage[]>
}

/** Another process has begun a later term: this one leads no longer. */
export class StaleTerm extends Error {
  override name = 'StaleTerm'
  constructor() {
    super('Another process leads the consumer groups by now')
  }
}
