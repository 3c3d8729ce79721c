import type { Database } from '../../engines/postgres/database.ts'

/** At most one NOTIFY in so many ms: it wakes every process that follows the log. */
const pauseMs = 10

/** Sends NOTIFY for appended batches to the other logs that listen, at most one in `pauseMs`. */
export type NotifyPace = {
  /** Which of the log's listeners appends, a UUID: it is not sent NOTIFY. */
  readonly listener: string
  /** Whether the next batch leaves NOTIFY to a later one. */
  readonly isQuiet: () => boolean
  /**
   * Takes note of a batch that was answered.
   * @param batch.unheard whether others listen that were not sent NOTIFY
   * @param batch.recorded the position of its last event that was recorded; 0n where none was
   */
  readonly sent: (batch: {
    readonly quiet: boolean
    readonly unheard: boolean
    readonly recorded: bigint
  }) => void
  /** Sends the NOTIFY that is still due. */
  readonly close: () => Promise<void>
}

/**
 * Paces the NOTIFY of a log.
 * @param database of the log
 * @param listener which of the log's listeners appends, a UUID
 */
export const notifyPace = (database: Pick<Database, 'query'>, listener: string): NotifyPace => {
  let last = Number.NEGATIVE_INFINITY
  let due: NodeJS.Timeout | undefined
  /** The last position that was recorded without NOTIFY. */
  let dueFor = 0n
  const cancel = (): void => {
    clearTimeout(due)
    due = undefined
  }
  const notify = async (): Promise<void> => {
    cancel()
    last = performance.now()
    await database
      .query({
        name: 'notify',
        text: `SELECT pg_notify('agora_events', position::text) FROM agora.head`,
      })
      // Followers look at the log every two seconds even so.
      .catch(() => undefined)
  }
  return {
    listener,
    isQuiet: () => performance.now() - last < pauseMs,
    sent: ({ quiet, unheard, recorded }) => {
      if (!quiet) {
        last = performance.now()
        // Answers may be read in another order than the batches were recorded in.
        if (recorded > dueFor) cancel()
      } else if (unheard) {
        if (recorded > dueFor) dueFor = recorded
        due ??= setTimeout(() => void notify(), pauseMs)
      }
    },
    close: async () => {
      if (due) await notify()
    },
  }
}
