import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { onStopSignals } from './app/stop-signals.ts'
import { dataFolder } from './cli/credentials.ts'
import { Failed } from './cli/failure.ts'
import type { Logs } from './cli/log-commands.ts'
import { runCli } from './cli/program.ts'
import type { OpenLog } from './cli/replay-open.ts'
import type { ReplaySource } from './cli/replay-source.ts'

/** Loads what it takes to read a log only now: other commands need none of it. */
const maskedLogs = () => import('./cli-logs/masked-log.ts')

/** The log in what a variable of the environment names. */
const namedLog = async (
  engine: string,
  variable: string,
  open: () => Promise<ReplaySource>,
): Promise<ReplaySource> => {
  try {
    return await open()
  } catch (error) {
    throw new Failed(
      `The log cannot be read from the ${engine} of ${variable}; is it right, and has Agora been started on it? (--http reads over HTTP.)`,
      { cause: error },
    )
  }
}

const openLog: OpenLog = async ({ start }) => {
  const { EVENTSTORE_URL, POSTGRES_URL } = process.env
  const { maskedLogInEventStore, maskedLogInPostgres } = await maskedLogs()
  // Where there are both, PostgreSQL has the read models, and at most an old log.
  if (EVENTSTORE_URL)
    return namedLog('EventStoreDB', 'EVENTSTORE_URL', () => maskedLogInEventStore(EVENTSTORE_URL))
  if (POSTGRES_URL)
    return namedLog('PostgreSQL', 'POSTGRES_URL', () => maskedLogInPostgres(POSTGRES_URL))

  const folder = dataFolder(process.env)
  const { findEmbeddedPostgres, startEmbeddedPostgres } =
    await import('./platform/embedded/embedded-postgres.ts')
  const running = await findEmbeddedPostgres(folder)
  // After a crash it may be gone, whatever its files say.
  const found = running && (await maskedLogInPostgres(running).catch(() => undefined))
  if (found || !start) return found || undefined

  const there = await access(join(folder, 'postgres')).then(
    () => true,
    () => false,
  )
  if (!there) return undefined
  try {
    const postgres = await startEmbeddedPostgres({ folder })
    return await maskedLogInPostgres(postgres.url, postgres.stop)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new Failed(error.message, { cause: error })
  }
}

const here = { url: process.env.POSTGRES_URL, folder: dataFolder(process.env) }

/** Whole logs, as they were recorded. What it takes to reach one is loaded with it. */
const logs: Logs = {
  open: async (name, options) => {
    const { openWholeLog } = await import('./cli-logs/open-whole-log.ts')
    return openWholeLog(name, options)
  },
  serve: async (options) => {
    const { serveLog } = await import('./cli-logs/serve-log.ts')
    const onError = (error: unknown) =>
      void process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return serveLog(here, process.env, onError)(options)
  },
  switchTo: async (...given) => {
    const { switchLog } = await import('./cli-logs/switch-log.ts')
    await switchLog(here)(...given)
  },
}

const interrupted = new AbortController()
onStopSignals(
  (name) => interrupted.abort(new Error(name)),
  () => process.exit(130),
)
// A reader that went away is met by whoever writes.
process.stdout.on('error', () => undefined)

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  openLog,
  logs,
})
