import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Session } from '../../engines/postgres/database.ts'
import { isMissing, sqlStateOf } from './sql-state.ts'
import { Unavailable } from '../../unavailable.ts'
import { completeVocabulary } from '../search/postgres-vocabulary.ts'
import { GenerationDiscarded, type Gate, type Generation, type Generations } from './port.ts'
import { endPartsSql, leastPosition } from './postgres-parts.ts'
import { checkName, tableOf, vocabularyOf } from './postgres-names.ts'
import { isLive, showLive, showPeople, dropViews } from './postgres-views.ts'
import { postgresShapes } from './postgres-shapes.ts'
import { ensureTable, isWhole } from './postgres-tables.ts'

/** Key of the advisory lock, the same in every process. */
const lock = 4_711_002

const attempts = 5

/**
 * Changes tables and views of a read model in one transaction, one process at a time. While a long query holds a lock the
 * change is rolled back and retried: readers would queue behind a change that waits.
 * @throws Unavailable when every attempt has timed out
 */
const changing = async <T>(
  database: Database,
  name: string,
  change: (session: Session) => Promise<T>,
): Promise<T> => {
  checkName(name)
  for (let attempt = 1; ; attempt += 1)
    try {
      return await database.transaction(async (session) => {
        await session.query({
          text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
          values: [lock, name],
        })
        await session.query(`SET LOCAL lock_timeout = '1s'`)
        return await change(session)
      })
    } catch (error) {
      // lock_not_available
      if (sqlStateOf(error) !== '55P03') throw error
      if (attempt === attempts)
        throw new Unavailable(`${name} is being queried for too long to be changed`, {
          cause: error,
        })
      await pause(500)
    }
}

/**
 * Inserts the record of a generation that has none. An existing one is not touched: writers lock its table before its
 * row, in another order the two would wait for each other.
 */
const record = async (
  session: Session,
  { projection, generation, store }: Generation,
  gate?: Gate,
): Promise<void> => {
  const [known] = await session.query<{ status: string }>({
    text: 'SELECT status FROM agora.generations WHERE name = $1 AND generation = $2',
    values: [projection.name, generation],
  })
  if (known && known.status !== 'dropped') return
  await session.query({
    text: `INSERT INTO agora.generations (name, generation, version, store, status, gate)
      VALUES ($1, $2, $3, $4, 'building', $5)
      ON CONFLICT (name, generation) DO UPDATE
      SET status = 'building', version = excluded.version, store = excluded.store, position = 0,
        started_at = now(), published_at = NULL, comparison = NULL, gate = excluded.gate,
        gate_state = NULL, report = NULL, request = NULL`,
    values: [
      projection.name,
      generation,
      projection.version,
      store,
      gate ? JSON.stringify(gate) : null,
    ],
  })
}

/** Creates the record of a generation, and its table where its documents are in PostgreSQL. */
const ensure = async (session: Session, generation: Generation, gate?: Gate): Promise<void> => {
  await record(session, generation, gate)
  if (generation.store === 'postgres') await ensureTable(session, generation)
}

/** The report of a row as an expression, without samples and keys, which may be those of people. */
const withoutSamplesSql = `report || jsonb_build_object(
        'onlyOldKeys', '[]'::jsonb, 'onlyNewKeys', '[]'::jsonb,
        'fields', (
          SELECT coalesce(jsonb_agg(field || '{"samples": []}' ORDER BY nth), '[]')
          FROM jsonb_array_elements(report -> 'fields') WITH ORDINALITY AS listed(field, nth)
        ))`

/** @throws GenerationDiscarded where it was discarded, Error where it is not there */
const refusePublishing = async (
  session: Session,
  { projection: { name }, generation }: Generation,
): Promise<never> => {
  const [known] = await session.query<{ request: string | null }>({
    text: `SELECT request FROM agora.generations
      WHERE name = $1 AND generation = $2 AND status = 'building'`,
    values: [name, generation],
  })
  if (known?.request === 'discard')
    throw new GenerationDiscarded(`Generation ${generation} of ${name} was discarded`)
  throw new Error(`${name} has no generation ${generation}`)
}

/** The switch itself; readers of the live view are held up for the last statement only. */
const switchTo = async (session: Session, generation: Generation): Promise<void> => {
  const { name } = generation.projection
  const isHere = generation.store === 'postgres'
  if (isHere && generation.projection.search) await completeVocabulary(session, generation)
  if (isHere) await showPeople(session, generation)
  await session.query({
    text: `UPDATE agora.generations AS it SET status = 'retired', position = ${leastPosition('it')}
      WHERE name = $1 AND status = 'live' AND generation <> $2`,
    values: [name, generation.generation],
  })
  await session.query({ text: endPartsSql, values: [name] })
  await session.query({
    text: `UPDATE agora.generations SET status = 'live', published_at = now(), report = ${withoutSamplesSql}
      WHERE name = $1 AND generation = $2 AND status IN ('building', 'retired')
        AND request IS DISTINCT FROM 'discard'`,
    values: [name, generation.generation],
  })
  if (!(await isLive(session, generation))) await refusePublishing(session, generation)
  if (isHere) await showLive(session, generation)
  else await dropViews(session, name)
}

/**
 * Makes, publishes and drops the tables and views of generations, each in one transaction. Processes that do so at the
 * same time take turns.
 */
export const postgresGenerations = (
  database: Database,
): Pick<Generations, 'begin' | 'storeFor' | 'create' | 'has' | 'drop' | 'publish'> => {
  const shapeOf = postgresShapes(database)
  return {
    storeFor: () => 'postgres',

    begin: (projection, store = 'postgres', gate) =>
      changing(database, projection.name, async (session) => {
        const [row] = await session.query<{ next: number }>({
          text: 'SELECT coalesce(max(generation), 0) + 1 AS next FROM agora.generations WHERE name = $1',
          values: [projection.name],
        })
        const generation = { projection, generation: row!.next, store }
        await ensure(session, generation, gate)
        return generation
      }),

    has: async (generation) => (await shapeOf(generation)).columns.length > 0,

    create: async (generation) => {
      // Mostly nothing is missing: a start takes no locks then.
      if (isWhole(generation, await shapeOf(generation))) return
      await changing(database, generation.projection.name, (session) => ensure(session, generation))
    },

    drop: (generation) =>
      changing(database, generation.projection.name, async (session) => {
        const { projection, generation: number } = generation
        if (await isLive(session, generation))
          throw new Error(`${projection.name} is answered for by generation ${number}`)
        await session.query(`DROP TABLE IF EXISTS ${tableOf(generation)}`)
        // With the live view of words, which a projection that is no longer searched leaves behind.
        await session.query(`DROP TABLE IF EXISTS ${vocabularyOf(generation)} CASCADE`)
        await session.query({
          text: `UPDATE agora.generations SET status = 'dropped', report = NULL
          WHERE name = $1 AND generation = $2`,
          values: [projection.name, number],
        })
      }),

    publish: async (generation) => {
      const { projection, generation: number, store } = generation
      try {
        // Its first readers should find plans made for what is there, not for an empty table.
        if (store === 'postgres') await database.query(`ANALYZE ${tableOf(generation)}`)
      } catch (error) {
        if (!isMissing(error)) throw error
        throw new Error(`${projection.name} has no generation ${number}`, { cause: error })
      }
      await changing(database, projection.name, (session) => switchTo(session, generation))
    },
  }
}
