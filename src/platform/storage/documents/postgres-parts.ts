import type { Database } from '../../engines/postgres/database.ts'
import type { Generation, Generations, Part, PartRecord } from './port.ts'
import type { Place } from './placing.ts'

type PartRow = {
  readonly part: number
  readonly parts: number
  readonly epoch: bigint
  readonly is_held: boolean
  readonly position: bigint
}

const recordOf = ({ part, parts, epoch, is_held: isHeld, position }: PartRow): PartRecord => ({
  part,
  of: parts,
  epoch,
  isHeld,
  position,
})

const inOrder = (rows: readonly PartRow[]): readonly PartRecord[] =>
  rows.map(recordOf).toSorted((a, b) => a.part - b.part)

/** The position of a row of `agora.generations` as an expression: of one in parts, the least of theirs. */
export const leastPosition = (row: string): string => `coalesce(${row}.position, (
    SELECT min(part.position) FROM agora.generation_parts AS part
    WHERE part.name = ${row}.name AND part.generation = ${row}.generation
  ))`

/** The statement that moves a part, for a WITH clause. */
export const movePartSql = (
  { projection, generation }: Generation,
  { part, epoch }: Part,
  { from, to }: { readonly from: bigint; readonly to: bigint },
  place: Place,
): string => `UPDATE agora.generation_parts SET position = ${place(to, 'bigint')}
      WHERE name = ${place(projection.name, 'text')}
        AND generation = ${place(generation, 'integer')} AND part = ${place(part, 'integer')}
        AND epoch = ${place(epoch, 'bigint')} AND position = ${place(from, 'bigint')}
      RETURNING position`

const columns = 'part, parts, epoch, is_held, position'

const splitSql = `
  WITH stood AS MATERIALIZED (
    SELECT name, generation, position FROM agora.generations
    WHERE name = $1 AND generation = $2 AND status = 'live' AND position IS NOT NULL FOR UPDATE
  ), moved AS (
    UPDATE agora.generations AS it SET position = NULL FROM stood
    WHERE it.name = stood.name AND it.generation = stood.generation RETURNING it.name
  ), made AS MATERIALIZED (SELECT nextval('agora.part_epochs') AS epoch)
  INSERT INTO agora.generation_parts (name, generation, part, parts, epoch, position)
  SELECT stood.name, stood.generation, part, $3, made.epoch, stood.position
  FROM stood, moved, made, generate_series(0, $3 - 1) AS part RETURNING part`

const joinSql = `
  WITH stood AS MATERIALIZED (
    SELECT parts, position FROM agora.generation_parts
    WHERE name = $1 AND generation = $2 AND epoch = $3 FOR UPDATE
  ), whole AS MATERIALIZED (
    SELECT min(position) AS position FROM stood
    HAVING count(*) = min(parts) AND min(position) = max(position)
  ), gone AS (
    DELETE FROM agora.generation_parts
    WHERE name = $1 AND generation = $2 AND EXISTS (SELECT FROM whole)
  )
  UPDATE agora.generations SET position = whole.position FROM whole
  WHERE name = $1 AND generation = $2 RETURNING generation`

/** Deletes the parts of generations that answer no more. */
export const endPartsSql = `
  DELETE FROM agora.generation_parts AS part USING agora.generations AS it
  WHERE it.name = $1 AND it.name = part.name AND it.generation = part.generation
    AND it.status <> 'live'`

/** Parts of generations: rows beside those of the generations, so that runners do not wait for each other. */
export const postgresParts = (
  database: Database,
): Pick<Generations, 'parts' | 'split' | 'hold' | 'release' | 'join'> => ({
  parts: async ({ projection, generation }) =>
    inOrder(
      await database.query<PartRow>({
        text: `SELECT ${columns} FROM agora.generation_parts WHERE name = $1 AND generation = $2`,
        values: [projection.name, generation],
      }),
    ),

  split: async ({ projection, generation }, into) => {
    const rows = await database.query({
      text: splitSql,
      values: [projection.name, generation, into],
    })
    return rows.length > 0
  },

  hold: async ({ projection, generation }) =>
    inOrder(
      await database.query<PartRow>({
        text: `UPDATE agora.generation_parts
          SET is_held = true, epoch = (SELECT nextval('agora.part_epochs'))
          WHERE name = $1 AND generation = $2 RETURNING ${columns}`,
        values: [projection.name, generation],
      }),
    ),

  release: async ({ projection, generation }) => {
    await database.query({
      text: `UPDATE agora.generation_parts
        SET is_held = false, epoch = (SELECT nextval('agora.part_epochs'))
        WHERE name = $1 AND generation = $2 AND is_held`,
      values: [projection.name, generation],
    })
  },

  join: async ({ projection, generation }, epoch) => {
    const rows = await database.query({
      text: joinSql,
      values: [projection.name, generation, epoch],
    })
    return rows.length > 0
  },
})
