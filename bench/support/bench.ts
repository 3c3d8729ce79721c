import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { openDatabase, type Database } from '../../src/platform/engines/postgres/database.ts'
import { migrate } from '../../src/platform/engines/postgres/migrate.ts'
import { cpuOf, share } from './cpu.ts'
import { startProfile } from './profile.ts'

/** What every part is told. */
export type Setting = {
  /** The run's PostgreSQL. */
  readonly postgresUrl: string
  readonly postgresPid: number
  /** A temporary folder, removed after the run. */
  readonly folder: string
  /** Shortens everything: to see that it works, not for its numbers. */
  readonly quick: boolean
  /** Where profiles are written: a path to which a name is added. */
  readonly profiles?: string
}

/** A database of its own, migrated. */
export type BenchDatabase = AsyncDisposable & {
  readonly url: string
  readonly database: Database
  /** Writes what is dirty to disk, so that no measure pays for the one before. */
  readonly checkpoint: () => Promise<void>
}

/** What a part measures with. */
export type Bench = Setting & {
  /** So many seconds; fewer when it is to be quick. */
  readonly seconds: (usual: number) => number
  /** So many of something; a tenth when it is to be quick. */
  readonly many: (usual: number) => number
  /** So many rounds; one when it is to be quick. */
  readonly rounds: (usual: number) => number
  readonly freshDatabase: (options?: { connections?: number }) => Promise<BenchDatabase>
  /** Does it, and writes a profile of this process meanwhile if that was asked for. */
  readonly profiled: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** The file of a profile; undefined when none is wanted. */
  readonly profileFile: (name: string) => string | undefined
  /** How busy PostgreSQL was meanwhile: `80 %` of one core. */
  readonly postgresShare: () => () => string
}

/** Waits until nobody is connected to a database any more: clients say that they are closed a little too soon. */
const untilUnused = async (server: Database, name: string): Promise<void> => {
  for (const late = performance.now() + 2_000; performance.now() < late;) {
    const users = await server.query({
      text: 'SELECT FROM pg_stat_activity WHERE datname = $1',
      values: [name],
    })
    if (users.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** @param setting what the run was told */
export const benchOf = (setting: Setting): Bench => {
  const { postgresUrl, postgresPid, quick, profiles } = setting
  const profileFile = (name: string) => profiles && `${profiles}-${name}.cpuprofile`
  return {
    ...setting,
    seconds: (usual) => (quick ? Math.max(0.5, usual / 5) : usual),
    many: (usual) => (quick ? Math.max(1, Math.ceil(usual / 10)) : usual),
    rounds: (usual) => (quick ? 1 : usual),
    profileFile,

    freshDatabase: async ({ connections = 24 } = {}) => {
      const server = openDatabase(postgresUrl, { connections: 1 })
      const name = `bench_${randomBytes(6).toString('hex')}`
      await server.query(`CREATE DATABASE ${name}`)
      const url = new URL(postgresUrl)
      url.pathname = `/${name}`
      const database = openDatabase(url.href, { connections })
      await migrate(database)
      return {
        url: url.href,
        database,
        checkpoint: async () => void (await server.query('CHECKPOINT')),
        [Symbol.asyncDispose]: async () => {
          await database.close()
          await untilUnused(server, name)
          await server.query(`DROP DATABASE ${name} WITH (FORCE)`)
          await server.close()
        },
      }
    },

    profiled: async (name, work) => {
      const file = profileFile(name)
      if (file === undefined) return work()
      const stop = await startProfile()
      try {
        return await work()
      } finally {
        await writeFile(file, JSON.stringify(await stop()))
      }
    },

    postgresShare: () => {
      const since = performance.now()
      const before = cpuOf(postgresPid)
      return () => share(cpuOf(postgresPid) - before, (performance.now() - since) / 1_000)
    },
  }
}
