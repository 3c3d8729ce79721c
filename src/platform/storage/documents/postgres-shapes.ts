import { coalesce } from '../../coalesce.ts'
import type { Database } from '../../engines/postgres/database.ts'
import type { Generation } from './port.ts'
import { tableOf } from './postgres-names.ts'

/** What PostgreSQL has of a generation. */
export type Shape = {
  /** Status of its record; null without one. */
  readonly status: string | null
  /** Columns of its table; none where there is no table. */
  readonly columns: readonly string[]
  /** Indexes of its table but that of the primary key. */
  readonly indexes: readonly string[]
}

/**
 * Returns a function that reads the shape of a generation. A start reads those of all projections: they share statements.
 */
export const postgresShapes = (database: Pick<Database, 'query'>) =>
  coalesce<Generation, Shape>(
    (generations) =>
      database.query<Shape>({
        text: `SELECT it.status,
          ARRAY(SELECT attname::text FROM pg_attribute
            WHERE attrelid = to_regclass(asked.relation) AND attnum > 0 AND NOT attisdropped) AS columns,
          ARRAY(SELECT relname::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indrelid = to_regclass(asked.relation) AND NOT indisprimary) AS indexes
        FROM unnest($1::text[], $2::text[], $3::integer[])
          WITH ORDINALITY AS asked(relation, name, generation, nth)
        LEFT JOIN agora.generations AS it ON it.name = asked.name AND it.generation = asked.generation
        ORDER BY asked.nth`,
        values: [
          generations.map(tableOf),
          generations.map(({ projection }) => projection.name),
          generations.map(({ generation }) => generation),
        ],
      }),
    // A connection that hangs does not hold up those of all read models.
    { lanes: 3 },
  )
