import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { roomyPlace } from '../support/roomy-place.ts'

/** How one service is run. */
export type Program = {
  readonly name: string
  /** Fetches what it needs; only once a machine. */
  readonly fetch: () => Promise<void>
  /** The command that serves on a port of 127.0.0.1, with its data in a folder. */
  readonly command: (port: number, folder: string) => Promise<readonly [string, ...string[]]>
  /** Whether it answers. */
  readonly isReady: (port: number) => Promise<boolean>
  readonly urlOf: (port: number) => string
}

/** A server of its own for a test, in a temporary folder. */
export type Service = AsyncDisposable & {
  readonly url: string
  /** Stops it from answering; connections stay open. */
  readonly hang: () => void
  readonly resume: () => void
  /** `kill -9`; its data stay. */
  readonly kill: () => Promise<void>
  /** Starts it on its port and its data: for the first time, or again after `kill`. */
  readonly start: () => Promise<void>
}

/** Ports below those that Linux gives to connections and to servers that ask for any. */
const ownPorts = { from: 20_000, count: 12_000 }

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** A port of 127.0.0.1 that nothing listens on, and that nothing else takes while a service is away. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = ownPorts.from + Math.floor(Math.random() * ownPorts.count)
    if (await isFree(port)) return port
  }
}

/** Chooses port and folder of a program, which is not started yet. */
export const prepareService = async (program: Program): Promise<Service> => {
  await program.fetch()
  const folder = await mkdtemp(join(await roomyPlace(), `agora-${program.name}-`))
  const port = await freePort()
  const log = join(folder, 'log')
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const [command, ...args] = await program.command(port, folder)
    const output = openSync(log, 'a')
    // A group of its own: a launcher and the server it starts are signalled together.
    const started = spawn(command, args, {
      cwd: folder,
      stdio: ['ignore', output, output],
      detached: true,
    })
    child = started
    while (!(await program.isReady(port).catch(() => false))) {
      if (started.exitCode !== null || started.signalCode !== null)
        throw new Error(
          `${program.name} ended while starting:\n${(await readFile(log, 'utf8')).slice(-2_000)}`,
        )
      await pause(100)
    }
  }
  const signal = (name: NodeJS.Signals): void => {
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, name)
  }
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    signal('SIGKILL')
    await ended
  }
  const killAtExit = () => signal('SIGKILL')
  process.once('exit', killAtExit)
  return {
    url: program.urlOf(port),
    hang: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill,
    start,
    [Symbol.asyncDispose]: async () => {
      process.off('exit', killAtExit)
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Starts a program.
 * @throws Error with the end of its log when it ends before it answers
 */
export const startService = async (program: Program): Promise<Service> => {
  const service = await prepareService(program)
  try {
    await service.start()
    return service
  } catch (error) {
    await service[Symbol.asyncDispose]()
    throw error
  }
}
