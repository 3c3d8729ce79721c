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

/** A PostgreSQL of Agora's own. */
export type EmbeddedPostgres = AsyncDisposable & {
  /** For clients, with the password; stays the same until it is stopped. */
  readonly url: string
  /**
   * The folder of its Unix socket, for this process: a statement costs both sides a fifth less there than over TCP.
   * Undefined where the folder lies too deep for a socket's path.
   */
  readonly socket: string | undefined
  /** Of the server that runs now: another one after a crash. */
  readonly pid: number
  readonly mode: ModeName
  /** Resolves when it is gone for good, with the exit code if there was one. */
  readonly exited: Promise<number | null>
  /** Shuts it down and frees the folder. To be called last: it cuts off every connection. */
  readonly stop: () => Promise<void>
}

export type EmbeddedOptions = {
  /** Agora's data; PostgreSQL's lies in `postgres` in it. Made when it is not there. */
  readonly folder: string
  /** Gets what PostgreSQL logs, line by line. */
  readonly log?: (line: string) => void
  /** Called when a process of PostgreSQL has been spawned (`initdb`, `postgres`), and not yet done its work. */
  readonly onSpawn?: () => void
  /** Only this way of running it; for tests. Default: the first that works. */
  readonly mode?: ModeName
  /** On top of our own settings; for tests. */
  readonly settings?: Settings
  /** Whether it is started again, at the same address, when it ends unasked. Default true. */
  readonly restart?: boolean
}

/**
 * Starts the PostgreSQL that npm brought along, on data in a folder. Needs no help after any kind of crash: what an
 * earlier process left half made or still running is cleared away.
 * @throws FolderHeld when another process runs it on this folder
 * @throws Error when it cannot be run here, with the reasons
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
    /** Waits for the end that was asked for; starts it again after any other. */
    const supervise = async (): Promise<number | null> => {
      while (true) {
        const code = await server.exited
        if (stopping.signal.aborted || !restart) return code
        log(`PostgreSQL ended unasked (${code}) and is started again`)
        const next = await again({ ...options, port: server.port }, stopping.signal)
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

/** Starts the server with growing pauses until it runs; gives up only when it shall stop. */
const again = async (options: ServerOptions, signal: AbortSignal): Promise<Server | undefined> => {
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
 * Where the PostgreSQL that runs on a folder can be reached, for tools beside the process that started it.
 * @returns undefined when none runs there; after a crash it may name one that is gone
 */
export const findEmbeddedPostgres = async (folder: string): Promise<string | undefined> => {
  const cluster = await findCluster(folder)
  if (!cluster) return undefined
  // Lines of this file are fixed: the fourth is the port (PostgreSQL 18, miscadmin.h).
  const lines = await readFile(join(cluster.data, 'postmaster.pid'), 'utf8').catch(() => '')
  const port = Number(lines.split('\n')[3])
  return port > 0 ? urlOf(cluster, port) : undefined
}

/** The longest path that a Unix socket has on every system, in bytes: 107 on Linux, 103 on macOS (`sun_path`). */
const longestSocketPath = 103

/** As clients find it (PostgreSQL manual, 20.3.1). */
const socketOf = (folder: string, port: number): string => join(folder, `.s.PGSQL.${port}`)

/** Whether a Unix socket takes connections of this process. */
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
