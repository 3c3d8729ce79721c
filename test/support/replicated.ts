import { cp, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { findBinaries } from '../../src/platform/engines/embedded/binaries.ts'
import { openCluster, type Cluster } from '../../src/platform/engines/embedded/cluster.ts'
import { chooseLaunchMode } from '../../src/platform/engines/embedded/launch-mode.ts'
import { processesIn, stopLeftovers } from '../../src/platform/engines/embedded/leftovers.ts'
import { startServer, type Settings } from '../../src/platform/engines/embedded/server.ts'
import { openDatabase, type Database } from '../../src/platform/engines/postgres/database.ts'
import { sqlStateOf } from '../../src/platform/storage/documents/sql-state.ts'
import { temporaryFolder } from './embedded.ts'
import { until } from './until.ts'

/** A server of PostgreSQL, for statements of a test, and its URL for Agora. */
type Replicating = { readonly url: string; readonly database: Database }

/** A PostgreSQL of its own with a standby that follows it by streaming replication. */
export type Replicated = AsyncDisposable & {
  readonly primary: Replicating
  readonly replica: Replicating & {
    /** Stops applying what the primary streams. */
    readonly pause: () => Promise<void>
    readonly resume: () => Promise<void>
    /** SIGSTOP to all its processes: its connections stay open, and are not answered. */
    readonly hang: () => Promise<void>
    /** SIGKILL to all its processes. */
    readonly kill: () => Promise<void>
    /** Starts it after `kill`, at the same port. */
    readonly start: () => Promise<void>
  }
}

/** As in other tests, without waiting for the disk. */
const settings: Settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  shared_buffers: '64MB',
}

/** What a base backup leaves out: what belongs to the running server alone. */
const ofServer = /^(postmaster\.(pid|opts)|\.s\.PGSQL\..*)$/

/** Takes a base backup of a running primary (PostgreSQL manual, 25.3.4); there is no `pg_basebackup` in the embedded one. */
const backUp = async (database: Database, from: Cluster, to: string): Promise<void> => {
  const session = await database.connect()
  try {
    await session.query(`SELECT pg_backup_start('replica', fast => true)`)
    const filter = (path: string) => !ofServer.test(basename(path))
    await cp(join(from.data, '..'), to, { recursive: true, filter })
    const [stopped] = await session.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)',
    )
    await writeFile(join(to, 'data/backup_label'), stopped!.labelfile)
    await writeFile(join(to, 'data/standby.signal'), '')
  } finally {
    await session.close()
  }
}

/** Repeats statements that the replica cancels in favour of its replication. */
const repeating = (database: Database): Database => ({
  ...database,
  query: async (...asked) => {
    for (;;)
      try {
        return await database.query(...asked)
      } catch (error) {
        if (sqlStateOf(error) !== '40001') throw error
      }
  },
})

/** Starts a primary, and a replica from a base backup of it. */
export const startReplicated = async (): Promise<Replicated> => {
  await using starting = new AsyncDisposableStack()
  const folder = starting.use(await temporaryFolder()).path
  const mode = await chooseLaunchMode(await findBinaries(), folder, undefined)
  const log = () => undefined
  const urlOf = ({ password }: Cluster, port: number) =>
    `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const opened = (url: string) =>
    starting.adopt(openDatabase(url, { connections: 2 }), (it) => it.close())

  const first = await openCluster(join(folder, 'primary'), mode)
  const server = starting.adopt(await startServer({ mode, cluster: first, settings, log }), (it) =>
    it.stop(),
  )
  const url = urlOf(first, server.port)
  const primary = { url, database: opened(url) }

  await backUp(primary.database, first, join(folder, 'replica/postgres'))
  const second = await openCluster(join(folder, 'replica'), mode)
  const startReplica = (port?: number) =>
    startServer({
      mode,
      cluster: second,
      port,
      log,
      settings: {
        ...settings,
        primary_conninfo: `host=127.0.0.1 port=${server.port} user=postgres password=${first.password}`,
        // The strictest: replication waits for no query, and cancels those in its way.
        max_standby_streaming_delay: '0',
      },
    })
  const { port } = await startReplica()
  starting.defer(() => stopLeftovers(second.data, { timeoutMs: 0 }))
  const replicaUrl = urlOf(second, port)
  const database = repeating(opened(replicaUrl))
  const signal = async (name: NodeJS.Signals) => {
    for (const pid of await processesIn(second.data)) process.kill(pid, name)
  }

  const everything = starting.move()
  return {
    primary,
    replica: {
      url: replicaUrl,
      database,
      pause: async () => {
        await database.query('SELECT pg_wal_replay_pause()')
        await until(
          () =>
            database.query<{ state: string }>('SELECT pg_get_wal_replay_pause_state() AS state'),
          ([row]) => row?.state === 'paused',
        )
      },
      resume: async () => void (await database.query('SELECT pg_wal_replay_resume()')),
      hang: () => signal('SIGSTOP'),
      kill: async () => {
        await signal('SIGKILL')
        await until(
          () => processesIn(second.data),
          (pids) => pids.length === 0,
        )
        await rm(join(second.data, 'postmaster.pid'), { force: true })
      },
      start: async () => void (await startReplica(port)),
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
