/** The position of a read model in the process that folds it. */
export type AnnouncedPosition = {
  readonly name: string
  /** Version of its projection there. */
  readonly version: number
  readonly position: bigint
}

/**
 * Positions of read models, announced between processes, so that a process that waits for a read model of another one need not
 * poll. Announcements are hints: one may be lost, and a process of an earlier version sends none.
 */
export type PositionNews = {
  /**
   * Requests that the processes that run these read models announce their positions for a while.
   * @throws Unavailable when the store is away
   */
  readonly request: (names: readonly string[]) => Promise<void>
  /**
   * Announces positions to all processes.
   * @throws Unavailable when the store is away
   */
  readonly announce: (positions: readonly AnnouncedPosition[]) => Promise<void>
  /** Calls a listener with every request. */
  readonly onRequest: (listener: (names: readonly string[]) => void) => void
  /** Calls a listener with every announcement. */
  readonly onAnnounced: (listener: (positions: readonly AnnouncedPosition[]) => void) => void
  readonly close: () => Promise<void>
}
