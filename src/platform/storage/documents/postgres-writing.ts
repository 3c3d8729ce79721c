import pg from 'pg'
import type { Database, Statement } from '../../engines/postgres/database.ts'
import { asyncCommit } from '../../engines/postgres/async-commit.ts'
import { jsonOf, storable } from './json.ts'
import type { Batch, DocumentStore, Generation, GenerationBatch } from './port.ts'
import { vocabularyParts } from '../search/postgres-vocabulary.ts'
import { computedColumnsOf } from './postgres-computed.ts'
import { placing, type Place } from './placing.ts'
import { movePartSql } from './postgres-parts.ts'
import { tableOf, vocabularyOf } from './postgres-names.ts'
import { preparing } from './prepared-statements.ts'
import { isMissing } from './sql-state.ts'

/**
 * Writes the documents of one batch, in the parts of a WITH clause.
 * @param nth tells the parts of several batches apart
 * @param condition that must hold for anything to be written
 */
const partsOf = (
  generation: Generation,
  batch: Batch,
  place: Place,
  nth: number,
  condition: string,
): readonly string[] => {
  const { upserts, deletes } = batch
  const table = tableOf(generation)
  const computed = computedColumnsOf(generation.projection)
  const columns = computed.map(({ name }) => pg.escapeIdentifier(name))
  const documents = [...upserts.values()]
  const written = (): string => {
    const sources = [
      `unnest(${place([...upserts.keys()].map(storable), 'text[]')})`,
      // One text takes half the time of an array, on both sides. No line break can be in JSON.
      `string_to_table(${place(documents.map(jsonOf).join('\n'), 'text')}, E'\\n')`,
      ...computed.map(({ valueIn }) => `unnest(${place(documents.map(valueIn), 'text[]')})`),
    ]
    const given = ['key', 'json', ...columns.map((_, at) => `f${at}`)]
    return `written${nth} AS (
      INSERT INTO ${table} (${['key', 'doc', ...columns].join(', ')})
      SELECT upsert.key, upsert.json::jsonb${columns.map((_, at) => `, upsert.f${at}`).join('')}
      FROM ROWS FROM (${sources.join(', ')}) AS upsert(${given.join(', ')})
      WHERE ${condition}
      ON CONFLICT (key) DO UPDATE
      SET ${['doc', ...columns].map((column) => `${column} = excluded.${column}`).join(', ')}
    )`
  }
  const deleted = (): string => `deleted${nth} AS (
      DELETE FROM ${table}
      WHERE key = ANY (${place(deletes.map(storable), 'text[]')}) AND ${condition}
    )`
  return [
    ...(upserts.size > 0 ? [written()] : []),
    ...(deletes.length > 0 ? [deleted()] : []),
    ...vocabularyParts(generation, batch, place, nth, condition),
  ]
}

/** The position is moved first; what depends on it happens only if it was. */
const writeOf = (generation: Generation, batch: Batch) => {
  const { values, place } = placing()
  const { name } = generation.projection
  const wholeMoved = () => `
      UPDATE agora.generations SET position = ${place(batch.to, 'bigint')}
      WHERE name = ${place(name, 'text')} AND generation = ${place(generation.generation, 'integer')}
        AND position = ${place(batch.from, 'bigint')} AND status IN ('building', 'live')
      RETURNING position
    `
  const { part } = generation
  const moved = `moved AS (${part ? movePartSql(generation, part, batch, place) : wholeMoved()})`
  const parts = partsOf(generation, batch, place, 0, 'EXISTS (SELECT FROM moved)')
  return {
    text: `WITH ${[moved, ...parts].join(', ')} SELECT position, ${asyncCommit} FROM moved`,
    values,
  }
}

/**
 * Rows of generations are locked first, in the order of names, as everybody locks them; what depends on them happens
 * only if all stand where they should.
 */
const writeAllOf = (batches: readonly GenerationBatch[]) => {
  const { values, place } = placing()
  const columns = [
    place(
      batches.map(({ generation }) => generation.projection.name),
      'text[]',
    ),
    place(
      batches.map(({ generation }) => generation.generation),
      'integer[]',
    ),
    place(
      batches.map(({ from }) => String(from)),
      'bigint[]',
    ),
    place(
      batches.map(({ to }) => String(to)),
      'bigint[]',
    ),
  ]
  const heads = [
    `move AS MATERIALIZED (
      SELECT * FROM unnest(${columns.join(', ')}) AS move(name, generation, "from", "to")
    )`,
    `locked AS MATERIALIZED (
      SELECT FROM agora.generations AS it JOIN move USING (name, generation)
      WHERE it.position = move."from" AND it.status IN ('building', 'live')
      ORDER BY it.name, it.generation
      FOR NO KEY UPDATE OF it
    )`,
    `whole AS MATERIALIZED (SELECT count(*) = ${place(batches.length, 'integer')} AS ok FROM locked)`,
    `moved AS (
      UPDATE agora.generations AS it SET position = move."to" FROM move
      WHERE it.name = move.name AND it.generation = move.generation AND (SELECT ok FROM whole)
    )`,
  ]
  const parts = batches.flatMap((batch, nth) =>
    partsOf(batch.generation, batch, place, nth, '(SELECT ok FROM whole)'),
  )
  return {
    text: `WITH ${[...heads, ...parts].join(', ')} SELECT ok, ${asyncCommit} FROM whole`,
    values,
  }
}

const inOrder = (a: GenerationBatch, b: GenerationBatch): number =>
  a.generation.projection.name < b.generation.projection.name ? -1 : 1

/** So many documents written call for statistics: 1,000, 4,000, 16,000, and so on. */
const statisticsDue = (written: number): number =>
  written < 1_000 ? 0 : 1 + Math.floor(Math.log(written / 1_000) / Math.log(4))

/**
 * Each set of generations that change together is a text of its own, and there may be thousands. A plan of 2 to 6 of
 * them was measured at about 285 KB a connection: 20 names on the two connections that run them are at most 12 MB. Sets
 * that are rarely written together, and those beyond the 20, are planned each time.
 */
const grouped = { most: 20, after: 20 }

/** Writes batches into the tables of generations. */
export const postgresWriting = (database: Database): Pick<DocumentStore, 'write' | 'writeAll'> => {
  const prepared = preparing()
  const preparedGroup = preparing(grouped)
  const written = new Map<string, number>()

  /**
   * A table that grows faster than autovacuum looks keeps the plans that were made while it was small: reading all of
   * it. New statistics make PostgreSQL plan anew. They may fail without harm.
   */
  const keepStatistics = (generation: Generation, { upserts }: Batch): void => {
    const table = tableOf(generation)
    const tables = generation.projection.search ? `${table}, ${vocabularyOf(generation)}` : table
    const before = written.get(table) ?? 0
    written.set(table, before + upserts.size)
    if (statisticsDue(before + upserts.size) > statisticsDue(before))
      void database.query(`ANALYZE ${tables}`).catch(() => undefined)
  }

  /**
   * Runs a statement. One that looks up documents by an array of keys is not prepared, as its plan could be one that reads
   * whole tables: those with deletes, and those that count words.
   */
  const run = async <Row extends Record<string, unknown>>(
    { text, values }: { readonly text: string; readonly values: readonly unknown[] },
    batches: readonly GenerationBatch[],
    isGrouped = false,
  ): Promise<readonly Row[]> => {
    const looksUp = batches.some(
      ({ deletes, generation }) => deletes.length > 0 || generation.projection.search,
    )
    try {
      const naming = isGrouped ? preparedGroup : prepared
      const statement: Statement = looksUp ? { text, values } : naming(text, values)
      return await database.query<Row>({ ...statement, isImpatient: isGrouped, isShort: true })
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  const write: DocumentStore['write'] = async (generation, batch) => {
    const moved = (await run(writeOf(generation, batch), [{ ...batch, generation }])).length > 0
    if (moved) keepStatistics(generation, batch)
    return moved
  }

  return {
    write,

    writeAll: async (batches) => {
      const [first] = batches
      if (!first) return true
      if (batches.length === 1 && first.generation.part) return write(first.generation, first)
      const [row] = await run<{ ok: boolean }>(writeAllOf(batches.toSorted(inOrder)), batches, true)
      if (!row?.ok) return false
      for (const batch of batches) keepStatistics(batch.generation, batch)
      return true
    },
  }
}
