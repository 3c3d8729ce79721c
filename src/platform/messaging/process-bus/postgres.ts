import type { Database } from '../../engines/postgres/database.ts'
import { throughStore } from './outbox.ts'
import type { ProcessBus, ProcessBusOptions } from './port.ts'

/** Retention of messages for processes that are disconnected, in µs. */
const retention = 120_000_000

/** Messages that are read at a time. */
const page = 500

/** Delay before a failed read is repeated, in ms. */
const retryMs = 500

/**
 * Process bus of all processes on one PostgreSQL, by a table and NOTIFY: a process that was disconnected reads the messages
 * that it missed.
 * @throws Unavailable when PostgreSQL cannot be reached
 */
export const postgresProcessBus = (
  database: Pick<Database, 'query' | 'listen'>,
  options: ProcessBusOptions = {},
): Promise<ProcessBus> =>
  throughStore(async (deliver) => {
    const { onError = () => undefined } = options
    const [row] = await database.query<{ last: bigint }>(
      'SELECT coalesce(max(id), 0) AS last FROM agora.told',
    )
    let last = row?.last ?? 0n
    let closed = false
    let reading: Promise<void> | undefined
    let rung = false
    let retry: NodeJS.Timeout | undefined

    const read = async (): Promise<void> => {
      while (rung && !closed) {
        rung = false
        const rows = await database.query<{ id: bigint; told: string }>({
          name: 'told-after',
          text: `SELECT id, told FROM agora.told WHERE id > $1 ORDER BY id LIMIT ${page}`,
          values: [last],
        })
        for (const { id, told: line } of rows) {
          last = id
          if (!closed) deliver(line)
        }
        rung ||= rows.length === page
      }
    }
    const poll = (): void => {
      rung = true
      if (closed) return
      reading ??= read()
        .catch((error: unknown) => {
          if (closed) return
          onError(error)
          clearTimeout(retry)
          retry = setTimeout(poll, retryMs).unref()
        })
        .finally(() => (reading = undefined))
    }

    const listening = await database.listen('agora_told', poll)
    poll()
    return {
      put: async (lines) => {
        await database.query({
          name: 'tell',
          text: 'SELECT agora.tell($1::text[], $2::bigint)',
          values: [lines, retention],
        })
      },
      close: async () => {
        closed = true
        clearTimeout(retry)
        await listening.close()
        await reading
      },
    }
  }, options)
