/** The reader that stands for a whole version of Agora: every event that it declares, and every command it takes. */
export const wholeVersion = '*'

/** A command among what a version knows. @param decider that takes it */
export const commandOf = (decider: string, type: string): string => `${decider} ${type}`

/**
 * Which followers read which events, over all versions of Agora that run, or have run, on these stores. Without it, an
 * older version could not tell an event that its successor waits for from one of another program.
 */
export type EventReaders = {
  /**
   * Adds what this version reads; to be called before this process records anything, so that no event is older than
   * what is declared of it.
   * @param reads event types by reader; `wholeVersion` for all that are declared
   * @throws Unavailable
   */
  readonly declare: (reads: ReadonlyMap<string, readonly string[]>) => Promise<void>
  /** The types that any version of a reader reads. @throws Unavailable */
  readonly readBy: (reader: string) => Promise<ReadonlySet<string>>
}
