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

/** A stop that takes longer than this, in ms, is cut short. */
const patience = 9_500

/** The first admin of an embedded Agora: made once, and kept where only its owner reads it. */
const firstAdmin = async (
  data: string,
): Promise<{ email: string; password: string; isNew: boolean }> => {
  const file = join(data, 'admin.json')
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) return { ...JSON.parse(kept), isNew: false }
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

  // Loading the program keeps this process busy: PostgreSQL's own processes start meanwhile.
  let loading: Promise<typeof import('./app.ts')> | undefined
  const load = () => (loading ??= import('./app.ts'))
  const embedded = config.postgresUrl
    ? undefined
    : parts.use(
        await startEmbeddedPostgres({
          folder: config.data,
          log: (line) => logger.debug({ part: 'postgres' }, line),
          // A failure is reported where it is waited for.
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
      `\n  First admin: ${admin.email}\n  Password:    ${admin.password}\n  (shown once; kept in ${join(config.data, 'admin.json')}, which only you can read)\n\n`,
    )
  const took = `${((performance.now() - started) / 1_000).toFixed(1)} s`
  logger.debug({ parts: times.taken() }, 'What the start has taken, each part in ms and ms of CPU')
  logger.info({ url: app.url, docs: `${app.url}/docs`, took }, 'Agora is ready')
  // The launcher has left for now what can wait until then (scripts/bundle.mjs).
  channel('agora:served').publish(undefined)

  const signal = await new Promise<string>((asked) => {
    onStopSignals(asked, (again) => {
      logger.warn({ signal: again }, 'Agora ends at once: what is in flight is cut off')
      process.exit(1)
    })
  })
  logger.info({ signal }, 'Agora stops: what is in flight is finished first')
  setTimeout(() => {
    logger.error('Agora took too long to stop')
    process.exit(1)
  }, patience).unref()
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
