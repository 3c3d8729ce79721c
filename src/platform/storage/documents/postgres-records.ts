import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import { asyncCommit } from '../../engines/postgres/async-commit.ts'
import { Unavailable } from '../../unavailable.ts'
import type { Advance, Comparison, Generations, GenerationRecord } from './port.ts'
import { preparing } from './prepared-statements.ts'
import { sqlStateOf } from './sql-state.ts'

type GenerationRow = {
  readonly generation: number
  readonly version: number
  readonly store: GenerationRecord['store']
  readonly status: GenerationRecord['status']
  readonly position: bigint
  readonly started_at: string
  readonly published_at: string | null
  readonly comparison: Comparison | null
}

const recordOf = (row: GenerationRow): GenerationRecord => ({
  generation: row.generation,
  version: row.version,
  store: row.store,
  status: row.status,
  position: row.position,
  startedAt: row.started_at,
  ...(row.published_at && { publishedAt: row.published_at }),
  ...(row.comparison && { comparison: row.comparison }),
})

const advanceSql = `
  UPDATE agora.generations AS generation SET position = move."to"
  FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
    AS move(name, generation, "from", "to", nth)
  WHERE generation.name = move.name AND generation.generation = move.generation
    AND generation.position = move."from" AND generation.status IN ('building', 'live')
  RETURNING move.nth::integer, ${asyncCommit}`

/** Records of generations: status, position and comparison. */
export const postgresRecords = (
  database: Database,
): Pick<
  Generations,
  'live' | 'generations' | 'saveComparison' | 'position' | 'positions' | 'advance'
> => {
  const prepared = preparing()

  /** Moves many positions by one statement: all that are due in the same turn of the event loop. */
  const advance = coalesce<Advance, boolean>(
    async (moves) => {
      const values = [
        moves.map(({ generation }) => generation.projection.name),
        moves.map(({ generation }) => generation.generation),
        moves.map(({ from }) => String(from)),
        moves.map(({ to }) => String(to)),
      ]
      try {
        const rows = await database.query<{ nth: number }>(prepared(advanceSql, values))
        const moved = new Set(rows.map(({ nth }) => nth))
        return moves.map((_, index) => moved.has(index + 1))
      } catch (error) {
        // deadlock_detected: another process moves the same positions in another order; the caller retries.
        if (sqlStateOf(error) !== '40P01') throw error
        throw new Unavailable('The positions are being moved by another process', { cause: error })
      }
    },
    { begin: setImmediate },
  )

  return {
    live: async (projection) => {
      const [row] = await database.query<Pick<GenerationRow, 'generation' | 'store'>>(
        prepared(
          `SELECT generation, store FROM agora.generations WHERE name = $1 AND status = 'live'`,
          [projection.name],
        ),
      )
      return row && { projection, ...row }
    },

    generations: async (name) => {
      const rows = await database.query<GenerationRow>({
        text: `SELECT generation, version, store, status, position, started_at, published_at, comparison
          FROM agora.generations WHERE name = $1 AND status <> 'dropped' ORDER BY generation`,
        values: [name],
      })
      return rows.map(recordOf)
    },

    saveComparison: async ({ projection, generation }, comparison) => {
      await database.query({
        text: 'UPDATE agora.generations SET comparison = $3 WHERE name = $1 AND generation = $2',
        values: [projection.name, generation, JSON.stringify(comparison)],
      })
    },

    position: async ({ projection, generation }) => {
      const [row] = await database.query<{ position: bigint }>(
        prepared(
          `SELECT position FROM agora.generations
            WHERE name = $1 AND generation = $2 AND status <> 'dropped'`,
          [projection.name, generation],
        ),
      )
      return row?.position ?? 0n
    },

    positions: async (names) => {
      const rows = await database.query<{ name: string; position: bigint }>(
        prepared(
          `SELECT name, position FROM agora.generations
            WHERE name = ANY ($1::text[]) AND status = 'live'`,
          [names],
        ),
      )
      return new Map(rows.map(({ name, position }) => [name, position]))
    },

    advance: (moves) => Promise.all(moves.map(advance)),
  }
}
