import { codeOf } from '../config/error-code.ts'
import { UnreadableEnvFile, type LocalSettings } from '../config/local-settings.ts'
import { BadConfig } from '../config.ts'
import { FolderHeld } from '../platform/engines/embedded/folder-lock.ts'
import { CannotListen } from '../platform/engines/listening/cannot-listen.ts'
import { OtherJobStore } from '../platform/messaging/queue/job-stores.ts'
import { WrongSecret } from '../platform/security/keys/port.ts'
import { OtherLog } from '../platform/storage/log-identity/followed-log.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { unusableData, UnusableData } from './data-folder.ts'
import { connectionReasons } from '#kernel/connection-reasons'

type Env = Readonly<Record<string, string | undefined>>

/** Errors whose messages say what to do. */
const explained = [
  BadConfig,
  CannotListen,
  FolderHeld,
  OtherJobStore,
  OtherLog,
  UnreadableEnvFile,
  UnusableData,
  WrongSecret,
]

/** Variable with the URL of each engine. Messages of outages begin with the engine. */
const variables = {
  PostgreSQL: 'POSTGRES_URL',
  EventStoreDB: 'EVENTSTORE_URL',
  MongoDB: 'MONGO_URL',
  Elasticsearch: 'ELASTICSEARCH_URL',
  Redis: 'REDIS_URL',
} as const

/** Place and variable of an engine, without the password: ` at db:5432 (POSTGRES_URL)`. */
const placeOf = (message: string, env: Env): string => {
  const variable = Object.entries(variables).find(([engine]) => message.startsWith(engine))?.[1]
  const url = variable && env[variable]
  if (!url) return ''
  return URL.canParse(url) && new URL(url).host
    ? ` at ${new URL(url).host} (${variable})`
    : ` (${variable})`
}

const outage = (error: Unavailable, env: Env): string => {
  const reasons = connectionReasons(error.cause)
  return `${error.message}${placeOf(error.message, env)}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`
}

/**
 * SQLSTATEs of a connection that PostgreSQL refuses for good: wrong credentials, no such database, missing rights
 * (PostgreSQL manual, appendix A).
 */
const refusal = /^(28...|3D000|42501)$/

/**
 * Explains a failed start that an operator can mend, in one line and without secrets.
 * @param settings with the data folder as AGORA_DATA
 * @returns undefined for any other error: a fault of Agora, whose stack trace is of use
 */
export const startFailure = (
  error: unknown,
  { env, envFile }: LocalSettings,
): string | undefined => {
  if (!(error instanceof Error)) return undefined
  if (error instanceof BadConfig && envFile)
    return `${error.message} (${envFile.path} has been read, too)`
  if (explained.some((kind) => error instanceof kind)) return error.message
  if (error instanceof Unavailable) return outage(error, env)
  if ('severity' in error && refusal.test(codeOf(error) ?? ''))
    return `PostgreSQL refuses the access${placeOf('PostgreSQL', env)}: ${error.message}`
  if (/does not support SSL|self-signed certificate|certificate has expired/i.test(error.message))
    return `PostgreSQL cannot be reached${placeOf('PostgreSQL', env)}: ${error.message}`
  const { AGORA_DATA: data } = env
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined
  return data !== undefined && path?.startsWith(data)
    ? unusableData(path, error)?.message
    : undefined
}
