import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFolder } from '../edges/cli/credentials.ts'
import { Failed } from '../edges/cli/failure.ts'
import type { Logs } from '../edges/cli/log-commands.ts'
import type { LogAccess, OpenLog } from '../edges/cli/replay-open.ts'
import type { TryRules } from '../edges/cli/try-rules.ts'
import type { ReplaySource } from '../edges/cli/replay-source.ts'
import { connectionReasons } from '#kernel/connection-reasons'
import { messageOf } from '#kernel/error-message'

/** Imports the modules that read a log on demand: other commands do not need them. */
const maskedLogs = () => import('./masked-log.ts')

/** Opens the log of the engine that an environment variable names. */
const namedLog = async (
  engine: string,
  variable: string,
  open: () => Promise<ReplaySource>,
): Promise<ReplaySource> => {
  try {
    return await open()
  } catch (error) {
    const reasons = connectionReasons(error).join('; ')
    throw new Failed(
      `The log cannot be read from the ${engine} of ${variable}${reasons && ` (${reasons})`}; check the variable, and that Agora has been started on it. (--http reads over HTTP.)`,
      { cause: error },
    )
  }
}

/**
 * Access of the commands to logs; the modules for an engine are imported on demand.
 * @param env environment variables that name the logs
 * @param info prints the failures that a served log recovers from, and what a migration waits for, one line each
 * @returns `openLog`: masked events of the log of this Agora; `eventTypes`: those that it declares; `tryRules`: tries rules on it; `logs`: whole logs, unmasked
 */
export const logsHere = (
  env: Readonly<Record<string, string | undefined>>,
  info: (line: string) => void,
): LogAccess & { readonly logs: Logs } => {
  const here = { url: env.POSTGRES_URL, folder: dataFolder(env) }

  const openLog: OpenLog = async ({ start }) => {
    const { EVENTSTORE_URL, POSTGRES_URL } = env
    const { maskedLogInEventStore, maskedLogInPostgres } = await maskedLogs()
    // Where both are set, PostgreSQL has the read models, and at most an old log.
    if (EVENTSTORE_URL)
      return namedLog('EventStoreDB', 'EVENTSTORE_URL', () => maskedLogInEventStore(EVENTSTORE_URL))
    if (POSTGRES_URL)
      return namedLog('PostgreSQL', 'POSTGRES_URL', () => maskedLogInPostgres(POSTGRES_URL, env))

    const { folder } = here
    const { findEmbeddedPostgres, startEmbeddedPostgres } =
      await import('../platform/engines/embedded/embedded-postgres.ts')
    const running = await findEmbeddedPostgres(folder)
    // After a crash, its files may be left although it does not run.
    const found = running && (await maskedLogInPostgres(running, env).catch(() => undefined))
    if (found || !start) return found || undefined

    const there = await access(join(folder, 'postgres')).then(
      () => true,
      () => false,
    )
    if (!there) return undefined
    try {
      const postgres = await startEmbeddedPostgres({ folder })
      return await maskedLogInPostgres(postgres.url, env, postgres.stop)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      throw new Failed(error.message, { cause: error })
    }
  }

  const logs: Logs = {
    open: async (name, options) => {
      const { openWholeLog } = await import('./open-whole-log.ts')
      return openWholeLog(name, { ...options, onWait: info })
    },
    serve: async (options) => {
      const { serveLog } = await import('./serve-log.ts')
      const onError = (error: unknown) => info(messageOf(error))
      return serveLog(here, env, onError)(options)
    },
    verify: async (options) => {
      const { verifyLogHere } = await import('./verify-log.ts')
      return verifyLogHere(here, env)(options)
    },
    census: async (options) => {
      const { censusHere } = await import('./census-here.ts')
      return censusHere(here, env)(options)
    },
    archives: async () => {
      const { openArchives } = await import('./open-archives.ts')
      return openArchives(here, env, info)
    },
    switchTo: async (...given) => {
      const { switchLog } = await import('./switch-log.ts')
      return switchLog(here, info)(...given)
    },
  }
  const eventTypes = async () => (await maskedLogs()).declaredEvents().types
  const tryRules: TryRules = async (options) => {
    const { tryRulesHere } = await import('./what-if-rules.ts')
    return tryRulesHere(here, env)(options)
  }
  return { openLog, eventTypes, tryRules, logs }
}
