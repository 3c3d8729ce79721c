import { createServer } from 'node:net'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describePortHolder } from '../listening/cannot-listen.ts'
import type { Cluster } from './cluster.ts'
import type { LaunchMode } from './launch-mode.ts'

/** Settings of PostgreSQL by name, as in `postgresql.conf`. */
export type Settings = Readonly<Record<string, string>>

/** A running PostgreSQL. */
export type Server = {
  readonly pid: number
  readonly port: number
  /** Resolves when the process has ended, with its exit code; null after a signal. */
  readonly exited: Promise<number | null>
  /** Shuts it down fast: closes all connections and writes a checkpoint. Takes a few tens of ms. */
  readonly stop: () => Promise<void>
}

/** Default settings: full durability; sizes for a machine of 2 cores and 2 GB that PostgreSQL shares with Agora. */
const defaults: Settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  // Checkpoints are far apart: after each, the first change of every page writes the whole page to the WAL.
  wal_compression: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  // Statements here are short; compiling one takes longer than running it.
  jit: 'off',
  log_line_prefix: '',
}

/** Settings that cannot be overridden: PostgreSQL listens on this machine only. */
const fixed = { listen_addresses: '127.0.0.1' } satisfies Settings

/**
 * Folder of the Unix socket: the data folder, which no other user can enter. It is PostgreSQL's working directory, so that its
 * own path of the socket is short. On file systems without sockets, PostgreSQL has none.
 */
const socketFolder = { here: '.', none: '' } as const

/** Timeout of a fast shutdown, in ms; then it is aborted, and the next start replays the WAL instead. */
const shutdownTimeoutMs = 6_000

/** Another process listens at the port. */
class PortTaken extends Error {
  override name = 'PortTaken'
}

/** No Unix socket can be created in the data folder. */
class NoSocket extends Error {
  override name = 'NoSocket'
}

/** Options of a start of PostgreSQL. */
export type ServerOptions = {
  readonly mode: LaunchMode
  readonly cluster: Cluster
  /** Default: a free port. */
  readonly port?: number | undefined
  /** Finds a free port. Default: one that the system assigns. */
  readonly findPort?: () => Promise<number>
  readonly settings?: Settings | undefined
  /** Called with each line that PostgreSQL logs. */
  readonly log: (line: string) => void
}

/**
 * Starts PostgreSQL, and resolves when it accepts connections.
 * @throws Error with its last log lines when it ends before that
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { port, findPort = freePort } = options
  if (port !== undefined)
    return launch(options, port).catch(async (error: unknown) => {
      if (!(error instanceof PortTaken)) throw error
      const holder = await describePortHolder(fixed.listen_addresses, port)
      throw new PortTaken(
        `PostgreSQL did not start: 127.0.0.1:${port}, its address so far, is in use by ${holder}; it starts once that is stopped`,
        { cause: error },
      )
    })
  for (let attempt = 1; ; attempt += 1)
    try {
      return await launch(options, await findPort())
    } catch (error) {
      // Another process took the port after it was found to be free.
      if (!(error instanceof PortTaken) || attempt === 5) throw error
    }
}

const launch = (options: ServerOptions, port: number): Promise<Server> =>
  launchAt(options, port, socketFolder.here).catch((error: unknown) => {
    if (!(error instanceof NoSocket)) throw error
    return launchAt(options, port, socketFolder.none)
  })

const launchAt = async (
  { mode, cluster, settings, log }: ServerOptions,
  port: number,
  sockets: string,
): Promise<Server> => {
  const where = { ...fixed, unix_socket_directories: sockets, port: String(port) }
  const all = { ...defaults, ...settings, ...where }
  const child = mode.start(
    'postgres',
    [
      '-D',
      mode.dataArgument(cluster.data),
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    cluster.data,
  )
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  // On systems without `setpriv`, this stops PostgreSQL at every end of this process except by SIGKILL.
  const interrupt = () => child.kill('SIGINT')
  process.once('exit', interrupt)
  void exited.then(() => process.off('exit', interrupt))

  let last: string[] = []
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      log(line)
      last = [...last, line].slice(-20)
      // A standby accepts "read-only connections".
      if (line.includes('database system is ready to accept')) resolve()
    })
  })
  const ended = once(child, 'close').then(([code]) => {
    const words = last.join('\n')
    const message = `PostgreSQL did not start (${mode.name}, ${String(code)}):\n${words}`
    // Checked before the port: the messages of a socket that cannot be bound resemble those of a port.
    if (words.includes('could not create any Unix-domain sockets')) throw new NoSocket(message)
    throw /could not (bind|create any TCP)/.test(words)
      ? new PortTaken(message)
      : new Error(message)
  })
  await Promise.race([ready, ended])
  ended.catch(() => undefined)

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGINT')
    const abort = setTimeout(() => child.kill('SIGQUIT'), shutdownTimeoutMs)
    await exited
    clearTimeout(abort)
  }
  return { pid: child.pid!, port, exited, stop }
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port')
  return address.port
}
