import type { Message, RecordedEvent } from '#kernel'

/**
 * Returns the command of events that were recorded together, where the rules that are tried can tell it; the log does not hold
 * the commands of people.
 */
export type CommandOf = (
  events: readonly RecordedEvent[],
  before: {
    /** State of the stream before them, by the installed rules. */
    readonly state: unknown
    /** The actor. */
    readonly by: string
  },
) => Message | undefined
