import type { Database } from '../../engines/postgres/database.ts'

/** How often a listener registers again, in ms: so the dead are removed, and processes of earlier versions are seen. */
const againMs = 10_000

/** Hears of what other processes append to the log. */
export type LogListener = {
  /** Listens and registers, unless that was done. */
  readonly start: () => void
  readonly close: () => Promise<void>
}

/**
 * Listens to the log of a database. Appends send NOTIFY only while a listener is registered; one that has registered
 * looks at the log once more, since what was appended until then was not sent to it.
 * @param options.id of the listener, a UUID
 * @param options.heard called with the position of an event that was recorded, or with undefined when there may be news
 */
export const logListener = (
  database: Pick<Database, 'query' | 'listen'>,
  { id, heard }: { readonly id: string; readonly heard: (position?: bigint) => void },
): LogListener => {
  let timer: NodeJS.Timeout | undefined
  let listening: Awaited<ReturnType<Database['listen']>> | undefined
  /** The steps of one listener come one after another. */
  let last: Promise<void> = Promise.resolve()
  const then = (step: () => Promise<void>): Promise<void> =>
    // Away, or of an earlier version: followers look at the log every two seconds, and this is tried again.
    (last = last.then(step).catch(() => undefined))

  const register = async (): Promise<void> => {
    listening ??= await database.listen('agora_events', (payload) => {
      if (payload !== '') return heard(BigInt(payload))
      // The connection was lost and made again: nobody knows what was missed, nor whether this one is still registered.
      heard()
      void then(register)
    })
    const [row] = await database.query<{ isNew: boolean }>({
      name: 'register-log-listener',
      text: 'SELECT agora.register_log_listener($1) AS "isNew"',
      values: [id],
    })
    // What was recorded until then was not sent to it.
    if (row?.isNew) heard()
  }
  return {
    start: () => {
      if (timer) return
      timer = setInterval(() => void then(register), againMs).unref()
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
