import type { Database } from '../../engines/postgres/database.ts'
import { throughStore } from './outbox.ts'
import type { Between, BetweenOptions } from './port.ts'

/** How long what was told is kept for who cannot be reached, µs. */
const kept = 120_000_000

/** So many are read at a time. */
const page = 500

/** After a failure, it is looked again after so many ms. */
const again = 500

/**
 * Connects all processes on one PostgreSQL, by a table and NOTIFY: whose connection was lost reads what came meanwhile.
 * @throws Unavailable when PostgreSQL is away
 */
export const postgresBetween = (
  database: Pick<Database, 'query' | 'listen'>,
  options: BetweenOptions = {},
): Promise<Between> =>
  throughStore(async (taken) => {
    const { onError = () => undefined } = options
    const [row] = await database.query<{ last: bigint }>(
      'SELECT coalesce(max(id), 0) AS last FROM agora.told',
    )
    let last = row?.last ?? 0n
    let closed = false
    let looking: Promise<void> | undefined
    let rung = false
    let later: NodeJS.Timeout | undefined

    const read = async (): Promise<void> => {
      while (rung && !closed) {
        rung = false
        const rows = await database.query<{ id: bigint; told: string }>({
          name: 'told-after',
          text: `SELECT id, told FROM agora.told WHERE id > $1 ORDER BY id LIMIT ${page}`,
          values: [last],
        })
        for (const { id, told } of rows) {
          last = id
          if (!closed) taken(told)
        }
        rung ||= rows.length === page
      }
    }
    const look = (): void => {
      rung = true
      if (closed) return
      looking ??= read()
        .catch((error: unknown) => {
          if (closed) return
          onError(error)
          clearTimeout(later)
          later = setTimeout(look, again).unref()
        })
        .finally(() => (looking = undefined))
    }

    const listening = await database.listen('agora_told', look)
    look()
    return {
      put: async (lines) => {
        await database.query({
          name: 'tell',
          text: 'SELECT agora.tell($1::text[], $2::bigint)',
          values: [lines, kept],
        })
      },
      close: async () => {
        closed = true
        clearTimeout(later)
        await listening.close()
        await looking
      },
    }
  }, options)
