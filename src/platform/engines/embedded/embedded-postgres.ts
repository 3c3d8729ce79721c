import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findBinaries } from './binaries.ts'
import { findCluster, openCluster, ownerOf, type Cluster } from './cluster.ts'
import { lockFolder } from './folder-lock.ts'
import { chooseLaunchMode, type LaunchMode, type ModeName } from './launch-mode.ts'
import { stopLeftovers } from './leftovers.ts'
import { startServer, type Server, type ServerOptions, type Settings } from './server.ts'
import { messageOf } from '#kernel/error-message'

/** The embedded PostgreSQL, running. */
export type EmbeddedPostgres = AsyncDisposable & {
  /** URL for clients, with the password; stays the same until `stop`. */
  readonly url: string
  /**
   * Folder of the Unix socket, for this process: a statement costs both sides a fifth less there than over TCP. Undefined if
   * the path of the folder is too long for a socket.
   */
  readonly socket: string | undefined
  /** Process id of the present server; a restart changes it. */
  readonly pid: number
  readonly mode: ModeName
  /** Resolves when the server has ended and is not restarted, with its exit code if there was one. */
  readonly exited: Promise<number | null>
  /** Shuts the server down and releases the folder. To be called last: it closes every connection. */
  readonly stop: () => Promise<void>
}

/** Options of the embedded PostgreSQL. */
export type EmbeddedOptions = {
  /** Agora's data folder, created if it is missing; PostgreSQL's data is in its `postgres`. */
  readonly folder: string
  /** Called with each line that PostgreSQL logs. */
  readonly log?: (line: string) => void
  /** Called when a process of PostgreSQL was spawned (`initdb`, `postgres`), before it has done its work. */
  readonly onSpawn?: () => void
  /** The only launch mode to try; for tests. Default: the first that works. */
  readonly mode?: ModeName
  /** Settings that override the defaults; for tests. */
  readonly settings?: Settings
  /** Whether the server is restarted, at the same address, when it ends unexpectedly. Default true. */
  readonly restart?: boolean
}

/**
 * Starts the PostgreSQL that npm installed, on the data in a folder. It recovers from every kind of crash by itself: partially
 * created data and running processes of an earlier process are removed.
 * @throws FolderHeld when another process uses the folder
 * @throws Error when PostgreSQL cannot be run here, with the reason of each launch mode
 */
export const startEmbeddedPostgres = async ({
  folder: where,
  log = () => undefined,
  onSpawn = () => undefined,
  mode: only,
  settings,
  restart = true,
}: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const folder = resolve(where)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await lockFolder(folder)
  try {
    const owner = await ownerOf(folder)
    const chosen = await chooseLaunchMode(await findBinaries(), folder, owner, only)
    const mode: LaunchMode = {
      ...chosen,
      start: (...args) => {
        const child = chosen.start(...args)
        child.once('spawn', onSpawn)
        return child
      },
    }
    const cluster = await openCluster(folder, mode)
    const options: ServerOptions = { mode, cluster, settings, log }
    let server = await startServer(options)
    const url = urlOf(cluster, server.port)
    const socket = (await isReached(socketOf(cluster.data, server.port))) ? cluster.data : undefined

    const stopping = new AbortController()
    /** Restarts the server after each unexpected end; resolves after the requested one. */
    const supervise = async (): Promise<number | null> => {
      while (true) {
        const code = await server.exited
        if (stopping.signal.aborted || !restart) return code
        log(`PostgreSQL ended unexpectedly (${code}) and is restarted`)
        const next = await restarted({ ...options, port: server.port }, stopping.signal)
        if (!next) return code
        server = next
      }
    }
    const exited = supervise()

    const stop = async () => {
      stopping.abort()
      await server.stop()
      await exited
      lock.release()
    }
    return {
      url,
      socket,
      get pid() {
        return server.pid
      },
      mode: mode.name,
      exited,
      stop,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Starts the server, with a growing backoff, until it runs or the signal aborts. */
const restarted = async (
  options: ServerOptions,
  signal: AbortSignal,
): Promise<Server | undefined> => {
  for (let wait = 100; !signal.aborted; wait = Math.min(wait * 2, 5_000)) {
    try {
      await stopLeftovers(options.cluster.data)
      const server = await startServer(options)
      if (!signal.aborted) return server
      await server.stop()
    } catch (error) {
      options.log(messageOf(error))
      await pause(wait, undefined, { signal }).catch(() => undefined)
    }
  }
  return undefined
}

/**
 * Finds the URL of the PostgreSQL that runs on a folder, for tools beside the process that started it.
 * @returns undefined if none runs there; after a crash it may be the URL of one that has ended
 */
export const findEmbeddedPostgres = async (folder: string): Promise<string | undefined> => {
  const cluster = await findCluster(folder)
  if (!cluster) return undefined
  // The format of this file is fixed: the fourth line is the port (PostgreSQL 18, miscadmin.h).
  const lines = await readFile(join(cluster.data, 'postmaster.pid'), 'utf8').catch(() => '')
  const port = Number(lines.split('\n')[3])
  return port > 0 ? urlOf(cluster, port) : undefined
}

/** Limit of the path of a Unix socket on every system, in bytes: 107 on Linux, 103 on macOS (`sun_path`). */
const longestSocketPath = 103

/** Path of the socket, as clients derive it (PostgreSQL manual, 20.3.1). */
const socketOf = (folder: string, port: number): string => join(folder, `.s.PGSQL.${port}`)

/** Whether this process can connect to a Unix socket. */
const isReached = async (path: string): Promise<boolean> => {
  if (Buffer.byteLength(path) > longestSocketPath) return false
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const urlOf = ({ password }: Cluster, port: number): string =>
  `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`
