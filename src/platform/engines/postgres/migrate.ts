import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.ts'

/** Number of the advisory lock: arbitrary, but the same in every process. */
const lock = 4_711_001

/** Folder of the SQL files. */
const migrationsFolder = join(import.meta.dirname, '../../../../infra/postgres')

/**
 * Migrates the database: runs the SQL files that it has not run yet, in the order of their names and in one transaction.
 * Processes that start together are serialised by a lock.
 * @throws Error when a file was changed after it was run
 */
export const migrate = (database: Database, folder = migrationsFolder): Promise<void> =>
  database.transaction(async (session) => {
    await session.query(`SELECT pg_advisory_xact_lock(${lock})`)
    await session.query(`
      CREATE SCHEMA IF NOT EXISTS agora;
      CREATE TABLE IF NOT EXISTS agora.migrations (
        name text PRIMARY KEY, checksum text NOT NULL, at timestamptz NOT NULL DEFAULT now())`)
    const rows = await session.query<{ name: string; checksum: string }>(
      'SELECT name, checksum FROM agora.migrations',
    )
    const done = new Map(rows.map(({ name, checksum }) => [name, checksum]))
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'))
    for (const name of names.toSorted()) {
      const sql = await readFile(join(folder, name), 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      const seen = done.get(name)
      if (seen === checksum) continue
      if (seen !== undefined)
        throw new Error(`${name} was changed after it had been run; add a new file instead`)
      await session.query(sql)
      await session.query({
        text: 'INSERT INTO agora.migrations (name, checksum) VALUES ($1, $2)',
        values: [name, checksum],
      })
    }
  })
