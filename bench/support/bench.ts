import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { openDatabase, type Database } from '../../src/platform/engines/postgres/database.ts'
import { migrate } from '../../src/platform/engines/postgres/migrate.ts'
import { cpuOf, share } from './cpu.ts'
import { startProfile } from './profile.ts'

/** Settings of a run, which every part receives. */
export type Setting = {
  /** The PostgreSQL of the run. */
  readonly postgresUrl: string
  readonly postgresPid: number
  /** A temporary folder, removed after the run. */
  readonly folder: string
  /** Shortens everything, to see that it works; the figures are not reliable. */
  readonly quick: boolean
  /** Path prefix of profiles, to which a name is appended. */
  readonly profiles?: string
}

/** A migrated database of its own. */
export type BenchDatabase = AsyncDisposable & {
  readonly url: string
  readonly database: Database
  /** Runs CHECKPOINT, so that no measure pays for the writes of the one before. */
  readonly checkpoint: () => Promise<void>
}

/** Settings and tools of a part. */
export type Bench = Setting & {
  /** Returns the duration in s; shorter for a quick run. */
  readonly seconds: (usual: number) => number
  /** Returns a number of items; a tenth for a quick run. */
  readonly many: (usual: number) => number
  /** Returns the number of rounds; one for a quick run. */
  readonly rounds: (usual: number) => number
  /** Prints a line about a step of a long part to stderr, with the time since the start of the part. */
  readonly progress: (step: string) => void
  readonly freshDatabase: (options?: { connections?: number }) => Promise<BenchDatabase>
  /** Runs work, and writes a CPU profile of this process if profiles are requested. */
  readonly profiled: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Returns the file of a profile; undefined unless profiles are requested. */
  readonly profileFile: (name: string) => string | undefined
  /** Starts to measure the CPU time of PostgreSQL; the returned function formats it: `80 %` of one core. */
  readonly postgresShare: () => () => string
}

/** Waits until a database has no connections: clients report their end slightly too early. */
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

/** Creates the tools of a part. @param setting settings of the run */
export const benchOf = (setting: Setting): Bench => {
  const { postgresUrl, postgresPid, quick, profiles } = setting
  const started = performance.now()
  const profileFile = (name: string) => profiles && `${profiles}-${name}.cpuprofile`
  return {
    ...setting,
    seconds: (usual) => (quick ? Math.max(0.5, usual / 5) : usual),
    many: (usual) => (quick ? Math.max(1, Math.ceil(usual / 10)) : usual),
    rounds: (usual) => (quick ? 1 : usual),
    profileFile,

    progress: (step) => {
      const seconds = (performance.now() - started) / 1_000
      console.error(`${seconds.toFixed(0).padStart(5)} s  ${step}`)
    },

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
