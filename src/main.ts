import { randomBytes } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { startTimes } from './app/start-times.ts'
import { onStopSignals } from './app/stop-signals.ts'
import { urlFile } from './edges/cli/credentials.ts'
import { BadConfig, readConfig, withArguments, type Config } from './config.ts'
import { createLogger } from './logger.ts'
import { FolderHeld } from './platform/engines/embedded/folder-lock.ts'
import { startEmbeddedPostgres } from './platform/engines/embedded/embedded-postgres.ts'
import { CannotListen } from './platform/engines/listening/cannot-listen.ts'
import { WrongSecret } from './platform/security/keys/port.ts'
import { OtherLog } from './platform/storage/log-identity/followed-log.ts'
import { OtherJobStore } from './platform/messaging/queue/job-stores.ts'
import { Unavailable } from './platform/unavailable.ts'

/** Maximum time of a stop, in ms; the process exits then. */
const stopTimeoutMs = 9_500

/** Returns the first admin of an embedded Agora: created once, and stored in a file that only its owner can read. */
const firstAdmin = async (
  data: string,
): Promise<{ email: string; password: string; isNew: boolean }> => {
  const file = join(data, 'admin.json')
  const stored = await readFile(file, 'utf8').catch(() => undefined)
  if (stored !== undefined) return { ...JSON.parse(stored), isNew: false }
  const admin = { email: 'admin@agora.localhost', password: randomBytes(12).toString('base64url') }
  await writeFile(file, `${JSON.stringify(admin, null, 2)}\n`, { mode: 0o600 })
  return { ...admin, isNew: true }
}

const run = async (given: Config): Promise<void> => {
  const started = performance.now()
  const times = startTimes()
  times.reached('launched')
  const logger = createLogger(given.logLevel)
  const config = { ...given, data: resolve(given.data) }
  await mkdir(config.data, { recursive: true, mode: 0o700 })
  await using parts = new AsyncDisposableStack()

  // The program is imported while PostgreSQL starts, as the import keeps this process busy.
  let loading: Promise<typeof import('./app.ts')> | undefined
  const load = () => (loading ??= import('./app.ts'))
  const embedded = config.postgresUrl
    ? undefined
    : parts.use(
        await startEmbeddedPostgres({
          folder: config.data,
          log: (line) => logger.debug({ part: 'postgres' }, line),
          // A failure is reported where the import is awaited.
          onSpawn: () => void load().catch(() => undefined),
        }),
      )
  times.reached('PostgreSQL')
  const admin = config.admin ?? (embedded && (await firstAdmin(config.data)))
  const postgresUrl = config.postgresUrl ?? embedded!.url
  const { startApp } = await load()
  times.reached('loaded')
  const app = parts.use(
    await startApp(
      { ...config, ...(admin && { admin }) },
      { postgresUrl, postgresSocket: embedded?.socket, logger, reached: times.reached },
    ),
  )

  if (config.roles.has('gateway')) {
    const file = urlFile(config.data)
    await writeFile(file, `${app.url}\n`)
    parts.defer(() => rm(file, { force: true }))
  }

  if (admin && 'isNew' in admin && admin.isNew)
    process.stdout.write(
      `\n  First admin: ${admin.email}\n  Password:    ${admin.password}\n  (shown once; stored in ${join(config.data, 'admin.json')}, which only you can read)\n\n`,
    )
  const took = `${((performance.now() - started) / 1_000).toFixed(1)} s`
  logger.debug({ parts: times.taken() }, 'Times of the start, each part in ms and ms of CPU')
  logger.info({ url: app.url, docs: `${app.url}/docs`, took }, 'Agora is ready')
  // The launcher continues with deferred work (scripts/bundle.mjs).
  channel('agora:served').publish(undefined)

  const signal = await new Promise<string>((resolveSignal) => {
    onStopSignals(resolveSignal, (repeated) => {
      logger.warn({ signal: repeated }, 'Agora stops at once: running work is aborted')
      process.exit(1)
    })
  })
  logger.info({ signal }, 'Agora stops: running requests and jobs are finished first')
  setTimeout(() => {
    logger.error('Agora took too long to stop')
    process.exit(1)
  }, stopTimeoutMs).unref()
}

try {
  await run(readConfig(withArguments(process.env, process.argv.slice(2))))
} catch (error) {
  const explained = [
    BadConfig,
    CannotListen,
    FolderHeld,
    OtherJobStore,
    OtherLog,
    Unavailable,
    WrongSecret,
  ]
  if (!(error instanceof Error && explained.some((kind) => error instanceof kind))) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
