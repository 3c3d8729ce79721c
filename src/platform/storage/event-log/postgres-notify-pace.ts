import type { Database } from '../../engines/postgres/database.ts'

/** Least interval between two NOTIFY, in ms: each wakes every process that follows the log. */
const pauseMs = 10

/** Sends NOTIFY for appended batches to other listeners, at most one in `pauseMs`. */
export type NotifyPace = {
  /** Id of the listener of this process, which gets no NOTIFY of its own appends. */
  readonly listener: string
  /** Whether the next batch is to be appended without NOTIFY. */
  readonly isQuiet: () => boolean
  /**
   * Records an answered batch.
   * @param batch.unheard whether there are other listeners, to which no NOTIFY was sent
   * @param batch.recorded position of its last recorded event; 0n without one
   */
  readonly sent: (batch: {
    readonly quiet: boolean
    readonly unheard: boolean
    readonly recorded: bigint
  }) => void
  /** Sends the delayed NOTIFY, if there is one. */
  readonly close: () => Promise<void>
}

/**
 * Limits the rate of NOTIFY of a log.
 * @param database of the log
 * @param listener id of the listener of this process, a UUID
 */
export const notifyPace = (database: Pick<Database, 'query'>, listener: string): NotifyPace => {
  let last = Number.NEGATIVE_INFINITY
  let due: NodeJS.Timeout | undefined
  /** The last position that was recorded without a NOTIFY. */
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
      // A lost NOTIFY delays followers by at most two seconds, their polling interval.
      .catch(() => undefined)
  }
  return {
    listener,
    isQuiet: () => performance.now() - last < pauseMs,
    sent: ({ quiet, unheard, recorded }) => {
      if (!quiet) {
        last = performance.now()
        // Answers may arrive in another order than the batches were recorded.
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
