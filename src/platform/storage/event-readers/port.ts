/** Name of the reader for a whole version of Agora: every event that it declares, and every command of its deciders. */
export const wholeVersion = '*'

/** The entry of a command among the types of a whole version. @param decider of the command */
export const commandOf = (decider: string, type: string): string => `${decider} ${type}`

/**
 * The event types that each follower reads, over all versions of Agora that run, or have run, on these stores. With it, an older
 * version distinguishes an event that a newer version processes from one of another program.
 */
export type EventReaders = {
  /**
   * Adds the types that this version reads; to be called before this process appends events, so that every event is younger than
   * the declaration of its readers.
   * @param reads event types by reader; `wholeVersion` for all declared types
   * @throws Unavailable
   */
  readonly declare: (reads: ReadonlyMap<string, readonly string[]>) => Promise<void>
  /** Returns the types that any version of a reader reads. @throws Unavailable */
  readonly readBy: (reader: string) => Promise<ReadonlySet<string>>
}
