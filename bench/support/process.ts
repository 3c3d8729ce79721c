import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Bench } from './bench.ts'
import { share } from './cpu.ts'
import type { Question } from './observed.ts'
import type { Usage } from './usage.ts'

const bench = join(import.meta.dirname, '..')

/** The program that `npm start` runs. */
export const agora = join(bench, '../src/main.ts')

/** The program behind `npx agora`. */
export const commandLine = join(bench, '../src/cli.ts')

/** A serving program in a process of its own. */
export type ServerProcess = AsyncDisposable & {
  readonly url: string
  readonly pid: number
  /** Time from its start until it printed its URL, in ms. */
  readonly startedIn: number
  readonly usage: () => Promise<Usage>
  /** Starts to measure its CPU time; the returned function formats it: `80 %` of one core. */
  readonly share: () => Promise<() => Promise<string>>
  /** Runs work, and writes a CPU profile of the process if profiles are requested. */
  readonly profiled: <T>(name: string, work: () => Promise<T>) => Promise<T>
}

/** Time in which a server must print its URL, in ms. */
const startTimeoutMs = 90_000

const urlIn = (line: string): string | undefined =>
  /"url":"(http[^"]+)"|(esdb:\S+)$/.exec(line)?.slice(1).find(Boolean)

/** Waits for the URL of a server. Its warnings and errors are printed, as they would affect the figures. */
const urlOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('A server did not start')), startTimeoutMs)
    child.once('exit', (code) => reject(new Error(`A server ended at once (${code})`)))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = urlIn(line)
      if (url) {
        clearTimeout(late)
        resolve(url)
      } else if (/"level":(40|50|60)/.test(line)) process.stderr.write(`${line.slice(0, 2_000)}\n`)
    })
  })

/**
 * Starts a program that prints its URL: in JSON, or that of a log at the end of a line.
 * @param file the program
 * @param env its environment
 * @param args its arguments
 */
export const startServer = async (
  { profileFile }: Pick<Bench, 'profileFile'>,
  file: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<ServerProcess> => {
  const started = performance.now()
  const child = fork(file, args, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: ['--import', join(bench, 'support/observed.ts')],
    env: { PATH: process.env.PATH, AGORA_ENV_FILE: 'off', ...env },
  })
  const exited = once(child, 'exit')
  const url = await urlOf(child)
  const startedIn = performance.now() - started

  // Requests are sequential, so that the next message is the answer.
  const ask = async (question: Question): Promise<Usage> => {
    child.send(question)
    const [usage] = (await once(child, 'message')) as [Usage]
    return usage
  }
  const usage = () => ask({ ask: 'usage' })
  return {
    url,
    pid: child.pid!,
    startedIn,
    usage,
    share: async () => {
      const since = performance.now()
      const { cpu } = await usage()
      return async () => share((await usage()).cpu - cpu, (performance.now() - since) / 1_000)
    },
    profiled: async (name, work) => {
      const to = profileFile(name)
      if (to === undefined) return work()
      await ask({ ask: 'profile' })
      try {
        return await work()
      } finally {
        await ask({ ask: 'profiled', file: to })
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await exited
      clearTimeout(kill)
    },
  }
}
