import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import { asyncCommit } from '../../engines/postgres/async-commit.ts'
import type { Checkpoints } from './port.ts'

/** Time that a save waits for others, in ms: one statement then saves all checkpoints that one command moved. */
const linger = 100

type Save = { readonly name: string; readonly from: bigint; readonly to: bigint }

/** Moves checkpoints by one statement. @param saves of different names @returns the names that were moved */
const saveAll = async (
  database: Database,
  saves: readonly Save[],
): Promise<ReadonlySet<string>> => {
  const rows = await database.query<{ name: string }>({
    name: 'save-checkpoints',
    isShort: true,
    // In the order of names, so that two processes do not deadlock.
    text: `INSERT INTO agora.checkpoints AS kept (name, position)
           SELECT save.name, save."to"
           FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS save(name, "from", "to")
           WHERE save."from" = 0 OR EXISTS (SELECT FROM agora.checkpoints AS known WHERE known.name = save.name)
           ORDER BY save.name
           ON CONFLICT (name) DO UPDATE SET position = excluded.position
           WHERE kept.position = ($2::bigint[])[array_position($1::text[], kept.name)]
           RETURNING name, ${asyncCommit}`,
    values: [
      saves.map(({ name }) => name),
      saves.map(({ from }) => from),
      saves.map(({ to }) => to),
    ],
  })
  return new Set(rows.map(({ name }) => name))
}

/**
 * Checkpoints in PostgreSQL (`infra/postgres/020-runtime.sql`). Those that are saved at about the same time
 * share one statement: followers save theirs together.
 */
export const postgresCheckpoints = (database: Database): Checkpoints => {
  const save = coalesce<Save, boolean>(
    async (saves) => {
      const first = new Map<string, Save>()
      for (const one of saves) if (!first.has(one.name)) first.set(one.name, one)
      const moved = await saveAll(database, [...first.values()])
      // A second save of the same name expects the position from which the first has moved the checkpoint.
      return saves.map((one) => moved.has(one.name) && first.get(one.name) === one)
    },
    { begin: (flush) => setTimeout(flush, linger) },
  )
  const load = coalesce<string, bigint>(
    async (names) => {
      const rows = await database.query<{ name: string; position: bigint }>({
        text: 'SELECT name, position FROM agora.checkpoints WHERE name = ANY ($1::text[])',
        values: [names],
      })
      const positions = new Map(rows.map(({ name, position }) => [name, position]))
      return names.map((name) => positions.get(name) ?? 0n)
    },
    { lanes: 3 },
  )
  return {
    load,
    begin: async (name, position) => {
      // Committed synchronously: a begin that is lost in a crash would be repeated at a later position.
      await database.query({
        text: `INSERT INTO agora.checkpoints (name, position) VALUES ($1, $2::bigint)
               ON CONFLICT (name) DO NOTHING`,
        values: [name, position],
      })
    },
    save: (name, from, to) => save({ name, from, to }),
  }
}
