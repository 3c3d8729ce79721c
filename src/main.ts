import { channel } from 'node:diagnostics_channel'
import { rm, writeFile } from 'node:fs/promises'
import { openDataFolder } from './app/data-folder.ts'
import { announcementOf, firstAdmin } from './app/first-admin.ts'
import { startFailure } from './app/start-failure.ts'
import { startTimes } from './app/start-times.ts'
import { onStopSignals } from './app/stop-signals.ts'
import { startHelp } from './config/help.ts'
import { localSettings, type LocalSettings } from './config/local-settings.ts'
import { misspeltVariables } from './config/misspelt.ts'
import { readConfig, withArguments, type Config } from './config.ts'
import { urlFile } from './edges/cli/credentials.ts'
import { createLogger } from './logger.ts'
import { logShipper } from './platform/observability/logs/shipping.ts'
import { startEmbeddedPostgres } from './platform/engines/embedded/embedded-postgres.ts'

const run = async (config: Config, { env, envFile }: LocalSettings): Promise<void> => {
  const started = performance.now()
  const times = startTimes()
  times.reached('launched')
  const lines = logShipper()
  const logger = await createLogger(config.logLevel, lines.take)
  if (envFile)
    logger.info({ file: envFile.path, variables: envFile.names }, 'Settings are read from .env')
  for (const line of misspeltVariables(env)) logger.warn(line)
  await openDataFolder(config.data)
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
  const stored = embedded && !config.admin ? await firstAdmin(config.data) : undefined
  const admin = config.admin ?? stored
  const postgresUrl = config.postgresUrl ?? embedded!.url
  const { startApp } = await load()
  times.reached('loaded')
  const app = parts.use(
    await startApp(
      { ...config, ...(admin && { admin }) },
      { postgresUrl, postgresSocket: embedded?.socket, logger, lines, reached: times.reached },
    ),
  )

  if (config.roles.has('gateway')) {
    const file = urlFile(config.data)
    await writeFile(file, `${app.url}\n`)
    parts.defer(() => rm(file, { force: true }))
  }

  if (stored?.isNew) process.stdout.write(announcementOf(stored, process.stdout))
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
  }, config.stopTimeout).unref()
}

/** Starts Agora with a command line; a failure that an operator can mend is explained in one line. */
const start = async (args: readonly string[]): Promise<void> => {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(startHelp())
    return
  }
  let settings: LocalSettings = { env: process.env }
  try {
    settings = localSettings(process.cwd())
    const { env } = settings
    await run(readConfig(withArguments(env, args)), settings)
  } catch (error) {
    const explanation = startFailure(error, settings)
    if (explanation === undefined) throw error
    process.stderr.write(`${explanation}\n`)
    process.exitCode = 1
  }
}

await start(process.argv.slice(2))
