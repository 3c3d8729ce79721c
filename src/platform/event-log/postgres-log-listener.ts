import type { Database } from '../postgres/database.ts'

/** How often a listener registers again, in ms: so the dead are removed, and processes of earlier versions are seen. */
const againMs = 10_000

/** Hears of what other processes append to the log. */
export type LogListener = {
  /** Registers, unless that was done: from then on others send NOTIFY. */
  readonly start: () => void
  readonly close: () => Promise<void>
}

/**
 * Listens to the log of a database. Appends send NOTIFY only while a listener is registered; one that has registered
 * looks at the log once more, since what was appended until then was not sent to it.
 * @param options.id of the listener, a UUID
 * @param options.heard called with the position of an event that was recorded, or with undefined when there may be news
 */
export const logListener = async (
  database: Database,
  { id, heard }: { readonly id: string; readonly heard: (position?: bigint) => void },
): Promise<LogListener> => {
  let timer: NodeJS.Timeout | undefined
  let registering: Promise<void> = Promise.resolve()
  const register = (): void => {
    registering = registering.then(async () => {
      try {
        await database.query({
          name: 'register-log-listener',
          text: 'SELECT agora.register_log_listener($1)',
          values: [id],
        })
      } catch {
        // Away, or of an earlier version: followers look at the log every two seconds.
      }
    })
  }
  const announce = (): void => {
    register()
    void registering.then(() => heard())
  }
  const listening = await database.listen('agora_events', (payload) => {
    if (payload !== '') return heard(BigInt(payload))
    // The connection was lost and made again: nobody knows what was missed, nor whether this one is still registered.
    heard()
    if (timer) announce()
  })
  return {
    start: () => {
      if (timer) return
      timer = setInterval(register, againMs).unref()
      announce()
    },
    close: async () => {
      clearInterval(timer)
      await listening.close()
      await registering
      if (timer)
        await database
          .query({ text: 'DELETE FROM agora.log_listeners WHERE id = $1', values: [id] })
          .catch(() => undefined)
    },
  }
}
