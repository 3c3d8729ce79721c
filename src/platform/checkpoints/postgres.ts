import { coalesce } from '../coalesce.ts'
import type { Database } from '../postgres/database.ts'
import { unhurried } from '../postgres/unhurried.ts'
import type { Checkpoints } from './port.ts'

/** A checkpoint waits so many ms for those of others: a statement then saves all that moved because of one command. */
const linger = 100

/** In the order of names: processes that save the same do not wait for each other in a circle. */
const saveSql = `
  WITH moves AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS move (name, "from", "to"))
  INSERT INTO agora.checkpoints AS kept (name, position)
  SELECT name, "to" FROM moves
  WHERE "from" = 0 OR EXISTS (SELECT FROM agora.checkpoints WHERE checkpoints.name = moves.name)
  ORDER BY name
  ON CONFLICT (name) DO UPDATE SET position = excluded.position
  WHERE kept.position = (SELECT "from" FROM moves WHERE moves.name = kept.name)
  RETURNING name, ${unhurried}`

type Move = { readonly name: string; readonly from: bigint; readonly to: bigint }

/** Checkpoints in PostgreSQL (`infra/postgres/020-runtime.sql`). */
export const postgresCheckpoints = (database: Database): Checkpoints => {
  /** Saves checkpoints of different names. @returns those that were where they were expected to be */
  const saveAll = async (moves: readonly Move[]): Promise<ReadonlySet<Move>> => {
    const rows = await database.query<{ name: string }>({
      name: 'save-checkpoints',
      text: saveSql,
      values: [
        moves.map(({ name }) => name),
        moves.map(({ from }) => from),
        moves.map(({ to }) => to),
      ],
    })
    const saved = new Set(rows.map(({ name }) => name))
    return new Set(moves.filter(({ name }) => saved.has(name)))
  }

  const save = coalesce<Move, boolean>(
    async (moves) => {
      const saved = new Set<Move>()
      for (let left = moves; left.length > 0;) {
        const first = new Map(left.toReversed().map((move) => [move.name, move]))
        for (const move of await saveAll([...first.values()])) saved.add(move)
        left = left.filter((move) => first.get(move.name) !== move)
      }
      return moves.map((move) => saved.has(move))
    },
    { begin: (flush) => setTimeout(flush, linger) },
  )

  return {
    load: async (name) => {
      const [row] = await database.query<{ position: bigint }>({
        text: 'SELECT position FROM agora.checkpoints WHERE name = $1',
        values: [name],
      })
      return row?.position ?? 0n
    },
    save: (name, from, to) => save({ name, from, to }),
  }
}
