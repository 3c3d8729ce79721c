import type { Database } from '../../engines/postgres/database.ts'

/** Interval at which a listener registers again, in ms; that removes dead listeners and detects processes of earlier versions. */
const registerEvery = 10_000

/** Listener to appends of other processes. */
export type LogListener = {
  /** Listens and registers; a repetition has no effect. */
  readonly start: () => void
  readonly close: () => Promise<void>
}

/**
 * Listens to the log of a database. Appends send NOTIFY only while a listener is registered; after its registration it calls
 * `notified` once, since earlier appends were not sent to it.
 * @param options.id of the listener, a UUID
 * @param options.notified called with the position of a recorded event, or with undefined when there may be new events
 */
export const logListener = (
  database: Pick<Database, 'query' | 'listen'>,
  { id, notified }: { readonly id: string; readonly notified: (position?: bigint) => void },
): LogListener => {
  let timer: NodeJS.Timeout | undefined
  let listening: Awaited<ReturnType<Database['listen']>> | undefined
  /** Serialises the steps of a listener. */
  let last: Promise<void> = Promise.resolve()
  const then = (step: () => Promise<void>): Promise<void> =>
    // The database is unavailable, or of an earlier version: followers poll every two seconds, and the step is retried later.
    (last = last.then(step).catch(() => undefined))

  const register = async (): Promise<void> => {
    listening ??= await database.listen('agora_events', (payload) => {
      if (payload !== '') return notified(BigInt(payload))
      // The connection was reopened: notifications may have been missed, and the registration may have been removed.
      notified()
      void then(register)
    })
    const [row] = await database.query<{ isNew: boolean }>({
      name: 'register-log-listener',
      text: 'SELECT agora.register_log_listener($1) AS "isNew"',
      values: [id],
    })
    // Events recorded before the registration were not sent to it.
    if (row?.isNew) notified()
  }
  return {
    start: () => {
      if (timer) return
      timer = setInterval(() => void then(register), registerEvery).unref()
      void then(register)
    },
    close: async () => {
      clearInterval(timer)
      await then(async () => {
        if (!listening) return
        await listening.close()
        await database.query({ text: 'SELECT agora.remove_log_listener($1)', values: [id] })
      })
    },
  }
}
