import { createServer } from 'node:net'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { whoHasPort } from '../listening/cannot-listen.ts'
import type { Cluster } from './cluster.ts'
import type { LaunchMode } from './launch-mode.ts'

/** Settings of PostgreSQL by name, as in `postgresql.conf`. */
export type Settings = Readonly<Record<string, string>>

/** One run of PostgreSQL. */
export type Server = {
  readonly pid: number
  readonly port: number
  /** Resolves when it has ended; with null when a signal ended it. */
  readonly exited: Promise<number | null>
  /** Shuts it down: cuts connections off, writes everything. Takes a few tens of ms. */
  readonly stop: () => Promise<void>
}

/** Durable in every way; sized for a machine of 2 cores and 2 GB that it shares with Agora. */
const defaults: Settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  // Checkpoints far apart: after each, every page touched is written to the log in whole once more.
  wal_compression: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  // Statements here are short; compiling one takes longer than running it.
  jit: 'off',
  log_line_prefix: '',
}

/** Only on this machine. */
const fixed = { listen_addresses: '127.0.0.1' } satisfies Settings

/**
 * The Unix socket lies with the data, which nobody else can enter; PostgreSQL works in that folder, so that its own path
 * of the socket is short however deep the folder lies. Some file systems hold no sockets: there, PostgreSQL has none.
 */
const socketFolder = { here: '.', none: '' } as const

/** How long a shutdown may take before it is cut short, and the log replayed at the next start instead; ms. */
const patience = 6_000

/** Another process had the port first. */
class PortTaken extends Error {
  override name = 'PortTaken'
}

/** The folder of the data holds no Unix socket. */
class NoSocket extends Error {
  override name = 'NoSocket'
}

export type ServerOptions = {
  readonly mode: LaunchMode
  readonly cluster: Cluster
  /** Default: whichever is free. */
  readonly port?: number | undefined
  /** Finds a port that is free. Default: asks the system for one. */
  readonly findPort?: () => Promise<number>
  readonly settings?: Settings | undefined
  /** Gets what PostgreSQL logs, line by line. */
  readonly log: (line: string) => void
}

/**
 * Runs PostgreSQL, and resolves when it takes connections.
 * @throws Error with its own last words when it ends before that
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { port, findPort = freePort } = options
  if (port !== undefined)
    return launch(options, port).catch(async (error: unknown) => {
      if (!(error instanceof PortTaken)) throw error
      const holder = await whoHasPort(fixed.listen_addresses, port)
      throw new PortTaken(
        `PostgreSQL did not start: 127.0.0.1:${port}, where it was reached before, is in use by ${holder}; it goes on once that is stopped`,
        { cause: error },
      )
    })
  for (let attempt = 1; ; attempt += 1)
    try {
      return await launch(options, await findPort())
    } catch (error) {
      // Between our finding it free and PostgreSQL's taking it, it was taken.
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
  // Where the system does not tie it to us, this covers at least every end but a violent one.
  const interrupt = () => child.kill('SIGINT')
  process.once('exit', interrupt)
  void exited.then(() => process.off('exit', interrupt))

  let last: string[] = []
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      log(line)
      last = [...last, line].slice(-20)
      if (line.includes('database system is ready to accept connections')) resolve()
    })
  })
  const ended = once(child, 'close').then(([code]) => {
    const words = last.join('\n')
    const message = `PostgreSQL did not start (${mode.name}, ${String(code)}):\n${words}`
    // Before the port: a socket that cannot be bound is said in nearly the same words.
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
    const hurry = setTimeout(() => child.kill('SIGQUIT'), patience)
    await exited
    clearTimeout(hurry)
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
