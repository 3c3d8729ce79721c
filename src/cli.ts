import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFolder } from './cli/credentials.ts'
import { Failed } from './cli/failure.ts'
import type { Logs } from './cli/log-commands.ts'
import { runCli } from './cli/program.ts'
import type { OpenLog } from './cli/replay-open.ts'
import type { ReplaySource } from './cli/replay-source.ts'

/** Opens the log in a PostgreSQL, read as analysts may. Loads what it needs only now: other commands need none of it. */
const sourceIn = async (url: string, release: () => Promise<void>): Promise<ReplaySource> => {
  const [{ catalogue, declarationOf }, { deciders }, { sagas }, { told }] = await Promise.all([
    import('#kernel'),
    import('./domains/index.ts'),
    import('./sagas/index.ts'),
    import('./platform/event-log/told.ts'),
  ])
  const [{ checked }, { postgresEventLog }, { openDatabase }] = await Promise.all([
    import('./platform/event-log/checked.ts'),
    import('./platform/event-log/postgres.ts'),
    import('./platform/postgres/database.ts'),
  ])
  const events = catalogue([...deciders, ...sagas({ orderTimeout: 0 }).map(declarationOf)])
  await using parts = new AsyncDisposableStack()
  parts.defer(release)
  const database = parts.adopt(openDatabase(url, { connections: 2 }), (it) => it.close())
  const log = checked(
    parts.adopt(await postgresEventLog(database), (it) => it.close()),
    events,
  )
  await log.head()
  const everything = parts.move()
  return {
    way: 'direct',
    head: log.head,
    page: async (after, limit, wanted) => {
      const slice = await log.readAll({ after, limit, ...wanted })
      return { ...slice, events: slice.events.map((event) => told(events, event)) }
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

const nothingToRelease = async (): Promise<void> => undefined

/** The PostgreSQL that somebody named. */
const namedLog = async (url: string): Promise<ReplaySource> => {
  try {
    return await sourceIn(url, nothingToRelease)
  } catch (error) {
    throw new Failed(
      'The log cannot be read from the PostgreSQL of POSTGRES_URL; is it right, and has Agora been started on it? (--http reads over HTTP.)',
      { cause: error },
    )
  }
}

const openLog: OpenLog = async ({ start }) => {
  const { POSTGRES_URL } = process.env
  if (POSTGRES_URL) return namedLog(POSTGRES_URL)

  const folder = dataFolder(process.env)
  const { findEmbeddedPostgres, startEmbeddedPostgres } =
    await import('./platform/embedded/embedded-postgres.ts')
  const running = await findEmbeddedPostgres(folder)
  // After a crash it may be gone, whatever its files say.
  const found = running && (await sourceIn(running, nothingToRelease).catch(() => undefined))
  if (found || !start) return found || undefined

  const there = await access(join(folder, 'postgres')).then(
    () => true,
    () => false,
  )
  if (!there) return undefined
  try {
    const postgres = await startEmbeddedPostgres({ folder })
    return await sourceIn(postgres.url, postgres.stop)
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
    return serveLog(here, onError)(options)
  },
  switchTo: async (...given) => {
    const { switchLog } = await import('./cli-logs/switch-log.ts')
    await switchLog(here)(...given)
  },
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interrupted.abort(new Error(name)))
// A reader that went away is met by whoever writes.
process.stdout.on('error', () => undefined)

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  openLog,
  logs,
})
