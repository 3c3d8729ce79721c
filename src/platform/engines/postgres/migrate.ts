import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Session } from './database.ts'

/** Number of the advisory lock: arbitrary, but the same in every process. */
const lock = 4_711_001

/** Folder of the SQL files. */
const migrationsFolder = join(import.meta.dirname, '../../../../infra/postgres')

/** Runs the files that have not been run. @param begins called with the name of each file before it is run */
const runNew = async (
  session: Session,
  folder: string,
  begins: (name: string) => void,
): Promise<void> => {
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
    begins(name)
    await session.query(sql)
    await session.query({
      text: 'INSERT INTO agora.migrations (name, checksum) VALUES ($1, $2)',
      values: [name, checksum],
    })
  }
}

/** Whether a statement has waited for a lock for too long (SQLSTATE 55P03, lock_not_available). */
const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '55P03'

/** How long a migration waits for a lock, in ms: longer than `deadlock_timeout`, after which a vacuum yields (1 s). */
const usualLockTimeout = 2_000

/** Pause after the first attempt and longest one, in ms; each is twice as long as the one before. */
const pauses = { first: 500, most: 15_000 }

/**
 * Migrates the database: runs the SQL files that it has not run yet, in the order of their names and in one transaction.
 * Processes that start together are serialised by a lock. While a long query or a dump holds a table that a file changes,
 * everything is rolled back and tried again, without end: all readers and writers of the table would queue behind a change
 * that waits.
 * @param options.folder of the files
 * @param options.onWait called with a sentence for the log before each further attempt
 * @param options.lockTimeout how long an attempt waits for a lock, in ms, default 2 s
 * @throws Error when a file was changed after it was run
 */
export const migrate = async (
  database: Pick<Database, 'transaction'>,
  {
    folder = migrationsFolder,
    onWait = () => undefined,
    lockTimeout = usualLockTimeout,
  }: {
    readonly folder?: string
    readonly onWait?: (sentence: string) => void
    readonly lockTimeout?: number
  } = {},
): Promise<void> => {
  for (let rest = pauses.first; ; rest = Math.min(rest * 2, pauses.most)) {
    let file: string | undefined
    try {
      return await database.transaction(async (session) => {
        // Waits for other processes that migrate, however long.
        await session.query(`SELECT pg_advisory_xact_lock(${lock})`)
        await session.query(`SET LOCAL lock_timeout = ${lockTimeout}`)
        await runNew(session, folder, (name) => (file = name))
      })
    } catch (error) {
      if (!isLockTimeout(error)) throw error
      onWait(
        `The migration ${file ?? 'of the schema'} needs a lock that another session holds, such as a dump or a long query (pg_locks, pg_stat_activity); it is tried again in ${rest / 1_000} s.`,
      )
      await pause(rest)
    }
  }
}
