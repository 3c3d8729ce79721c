import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { migrate } from '../../src/platform/engines/postgres/migrate.ts'
import { cpuTimeOf } from './cpu-time.ts'
import { signInQuickly } from './quick-sign-in.ts'
import { roomyPlace } from './roomy-place.ts'
import { lockFolder } from '../../src/platform/engines/embedded/folder-lock.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL where tests may make databases of their own. */
    postgresUrl: string
    /** A database on it that is migrated already: new ones are copies of it. */
    postgresTemplate: string
  }
}

/**
 * Settings without durability, as tests create and drop hundreds of databases. Tests of durability start a PostgreSQL of
 * their own.
 */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '400',
  max_wal_size: '256MB',
}

const prefix = 'agora-test-'

/**
 * Brings up one PostgreSQL for the whole run, in a temporary folder; or takes the one that TEST_POSTGRES_URL names.
 * Vitest calls what is returned when the run is over, however it went, but not after a Ctrl-C: then it just exits. Should
 * it be killed, PostgreSQL ends by itself, and the next run clears up.
 */
export default async ({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const given = process.env.TEST_POSTGRES_URL
  if (given) {
    provide('postgresUrl', given)
    provide('postgresTemplate', await makeTemplate(given))
    return undefined
  }
  const place = await roomyPlace()
  await clearUp(place)
  const folder = await mkdtemp(join(place, prefix))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const postgres = await startEmbeddedPostgres({ folder, settings })
    await signInQuickly(postgres.url)
    provide('postgresUrl', postgres.url)
    provide('postgresTemplate', await makeTemplate(postgres.url))
    const leaveNothing = () => {
      process.kill(postgres.pid, 'SIGQUIT')
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    }
    process.once('exit', leaveNothing)
    return async () => {
      process.off('exit', leaveNothing)
      const cpu = cpuTimeOf(postgres.pid)
      if (cpu) console.log(`CPU time of PostgreSQL: ${(cpu.own + cpu.children).toFixed(0)} s`)
      await postgres.stop()
      await remove()
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Migrates a database once, so that no test has to. @returns its name */
const makeTemplate = async (postgresUrl: string): Promise<string> => {
  const name = `template_${process.pid}_${Date.now()}`
  const server = openDatabase(postgresUrl, { connections: 1 })
  await server.query(`CREATE DATABASE ${name}`)
  await server.close()
  const url = new URL(postgresUrl)
  url.pathname = `/${name}`
  const database = openDatabase(url.href, { connections: 1 })
  await migrate(database)
  await database.close()
  return name
}

/** Prefixes of the folders that journeys have for their data, which are not locked. */
const unlocked = ['agora-journey-', 'agora-cluster-']

/** Time after which no journey is under way any more, in ms. */
const longRun = 2 * 3_600_000

/** Removes folders of killed runs, except those that are locked or less than a minute old. */
const clearUp = async (place: string): Promise<void> => {
  for (const name of await readdir(place)) {
    const isUnlocked = unlocked.some((start) => name.startsWith(start))
    if (!isUnlocked && !name.startsWith(prefix)) continue
    const folder = join(place, name)
    try {
      const age = Date.now() - (await stat(folder)).mtimeMs
      if (age < (isUnlocked ? longRun : 60_000)) continue
      const lock = isUnlocked ? undefined : await lockFolder(folder, { timeoutMs: 0 })
      await rm(folder, { recursive: true, force: true })
      lock?.release()
    } catch {
      // In use, owned by another user, or removed.
    }
  }
}
