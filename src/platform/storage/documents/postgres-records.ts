import { countsOf } from './compared-range.ts'
import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import { asyncCommit } from '../../engines/postgres/async-commit.ts'
import { Unavailable } from '../../unavailable.ts'
import {
  PartMoved,
  type Advance,
  type Comparison,
  type Gate,
  type GateRequest,
  type GateState,
  type Generation,
  type Generations,
  type GenerationRecord,
  type RebuildReport,
} from './port.ts'
import { placing } from './placing.ts'
import { leastPosition, movePartSql } from './postgres-parts.ts'
import { preparing } from './prepared-statements.ts'
import { sqlStateOf } from './sql-state.ts'

type GenerationRow = {
  readonly name: string
  readonly generation: number
  readonly version: number
  readonly store: GenerationRecord['store']
  readonly status: GenerationRecord['status']
  readonly position: bigint
  readonly parts: number | null
  readonly started_at: string
  readonly published_at: string | null
  readonly comparison: Comparison | null
  readonly gate: Gate | null
  readonly gate_state: GateState | null
  readonly request: GateRequest | null
}

const recordOf = (row: GenerationRow): GenerationRecord => ({
  generation: row.generation,
  version: row.version,
  store: row.store,
  status: row.status,
  position: row.position,
  ...(row.parts && { parts: row.parts }),
  startedAt: row.started_at,
  ...(row.published_at && { publishedAt: row.published_at }),
  ...(row.comparison && { comparison: row.comparison }),
  ...(row.gate && { gate: row.gate }),
  ...(row.gate_state && { gateState: row.gate_state }),
  ...(row.request && { request: row.request }),
})

const advanceSql = `
  UPDATE agora.generations AS generation SET position = move."to"
  FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
    AS move(name, generation, "from", "to", nth)
  WHERE generation.name = move.name AND generation.generation = move.generation
    AND generation.position = move."from" AND generation.status IN ('building', 'live')
  RETURNING move.nth::integer, ${asyncCommit}`

/** A connection that hangs does not hold up the reads of all read models. */
const reads = { lanes: 3 } as const

/** Records of generations: status, position and comparison. */
export const postgresRecords = (
  database: Database,
): Pick<
  Generations,
  | 'live'
  | 'generations'
  | 'saveComparison'
  | 'saveGateState'
  | 'report'
  | 'request'
  | 'position'
  | 'positions'
  | 'advance'
> => {
  const prepared = preparing()

  const positionOfPart = async ({ projection, generation, part }: Generation): Promise<bigint> => {
    const [row] = await database.query<{ position: bigint }>({
      text: `SELECT position FROM agora.generation_parts
        WHERE name = $1 AND generation = $2 AND part = $3 AND epoch = $4`,
      values: [projection.name, generation, part?.part, part?.epoch],
    })
    if (!row) throw new PartMoved(`A part of ${projection.name} is run by another process`)
    return row.position
  }

  /** Each part has a row of its own, and its runner mostly moves it with what it writes. */
  const advancePart = async ({ generation, ...move }: Advance): Promise<boolean> => {
    if (!generation.part) return false
    const { values, place } = placing()
    const moved = movePartSql(generation, generation.part, move, place)
    const text = `WITH moved AS (${moved}) SELECT position, ${asyncCommit} FROM moved`
    return (await database.query(prepared(text, values))).length > 0
  }

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

  // A start reads of each projection; the reads of all of them share statements.
  const live = coalesce<string, Pick<GenerationRow, 'generation' | 'store'> | undefined>(
    async (names) => {
      const rows = await database.query<Pick<GenerationRow, 'name' | 'generation' | 'store'>>(
        prepared(
          `SELECT name, generation, store FROM agora.generations
            WHERE name = ANY ($1::text[]) AND status = 'live'`,
          [names],
        ),
      )
      const found = new Map(rows.map(({ name, ...row }) => [name, row]))
      return names.map((name) => found.get(name))
    },
    reads,
  )

  const generations = coalesce<string, readonly GenerationRecord[]>(async (names) => {
    const rows = await database.query<GenerationRow>({
      text: `SELECT name, generation, version, store, status, ${leastPosition('it')} AS position,
          CASE WHEN position IS NULL THEN (
            SELECT count(*)::integer FROM agora.generation_parts AS part
            WHERE part.name = it.name AND part.generation = it.generation
          ) END AS parts, started_at, published_at, comparison,
          gate, gate_state, request
        FROM agora.generations AS it
        WHERE name = ANY ($1::text[]) AND status <> 'dropped' ORDER BY generation`,
      values: [names],
    })
    const found = Map.groupBy(rows, ({ name }) => name)
    return names.map((name) => found.get(name)?.map(recordOf) ?? [])
  }, reads)

  const positionOf = coalesce<Generation, bigint>(async (some) => {
    const rows = await database.query<{ nth: number; position: bigint }>(
      prepared(
        `SELECT asked.nth::integer, ${leastPosition('it')} AS position
          FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY AS asked(name, generation, nth)
          JOIN agora.generations AS it
            ON it.name = asked.name AND it.generation = asked.generation AND status <> 'dropped'`,
        [some.map(({ projection }) => projection.name), some.map(({ generation }) => generation)],
      ),
    )
    const found = new Map(rows.map(({ nth, position }) => [nth, position]))
    return some.map((_, index) => found.get(index + 1) ?? 0n)
  }, reads)

  return {
    live: async (projection) => {
      const found = await live(projection.name)
      return found && { projection, ...found }
    },

    generations,

    saveComparison: async ({ projection, generation }, comparison) => {
      await database.query({
        text: 'UPDATE agora.generations SET comparison = $3 WHERE name = $1 AND generation = $2',
        values: [projection.name, generation, JSON.stringify(comparison)],
      })
    },

    saveGateState: async ({ projection, generation }, state, report) => {
      await database.query({
        text: `UPDATE agora.generations
          SET gate_state = $3, report = coalesce($4::jsonb, report), comparison = coalesce($5::jsonb, comparison)
          WHERE name = $1 AND generation = $2 AND status = 'building' AND gate IS NOT NULL`,
        values: [
          projection.name,
          generation,
          state,
          report ? JSON.stringify(report) : null,
          report ? JSON.stringify(countsOf(report)) : null,
        ],
      })
    },

    report: async ({ projection, generation }) => {
      const [row] = await database.query<{ report: RebuildReport | null }>({
        text: 'SELECT report FROM agora.generations WHERE name = $1 AND generation = $2',
        values: [projection.name, generation],
      })
      return row?.report ?? undefined
    },

    request: async ({ projection, generation }, request) => {
      const rows = await database.query({
        text: `UPDATE agora.generations SET request = $3
          WHERE name = $1 AND generation = $2 AND status = 'building'
            AND request IS DISTINCT FROM 'discard'
          RETURNING generation`,
        values: [projection.name, generation, request],
      })
      return rows.length > 0
    },

    position: (of) => (of.part ? positionOfPart(of) : positionOf(of)),

    positions: async (names) => {
      const rows = await database.query<{ name: string; position: bigint }>(
        prepared(
          `SELECT name, ${leastPosition('it')} AS position FROM agora.generations AS it
            WHERE name = ANY ($1::text[]) AND status = 'live'`,
          [names],
        ),
      )
      return new Map(rows.map(({ name, position }) => [name, position]))
    },

    advance: (moves) =>
      Promise.all(moves.map((move) => (move.generation.part ? advancePart(move) : advance(move)))),
  }
}
