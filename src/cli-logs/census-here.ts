import { readFile } from 'node:fs/promises'
import { messageOf } from '#kernel/error-message'
import { census, remedyFor } from '../docs/census.ts'
import type { Declared } from '../docs/declared.ts'
import { judgedSample } from '../docs/event-sample.ts'
import { channels, jobs, modules } from '../domains/index.ts'
import type { TakeCensus } from '../edges/cli/census.ts'
import { Failed } from '../edges/cli/failure.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import { secretsFrom } from '../platform/security/keys/secrets.ts'
import type { PersonalKeys } from '../platform/security/personal/port.ts'
import { postgresPersonalKeys } from '../platform/security/personal/postgres.ts'
import {
  encryptingLog,
  sealedFor,
  withoutSeal,
} from '../platform/storage/event-log/encrypting-log.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import { projections } from '../projections/index.ts'
import { sagaOverview } from '../runtime/saga-overview.ts'
import { sagas as declareSagas } from '../sagas/index.ts'
import { databaseHere, recordedLogHere, secretHere, type Env } from './log-here.ts'
import { declaredEvents } from './masked-log.ts'
import type { postgresHere } from './postgres-here.ts'

/** Number of events that are read at once. */
const pageSize = 1_000

const declaredHere = (): Declared => {
  const sagas = declareSagas({ orderTimeout: 0 })
  return {
    contexts: Object.fromEntries(modules.map(({ name, deciders }) => [name, deciders])),
    sagas,
    projections: [...projections, sagaOverview(sagas)],
    jobs,
    sockets: Object.fromEntries(channels.map((one) => [one.namespace, one])),
  }
}

/**
 * Takes the census of a log. A page is read as it was recorded, and opened afterwards, so that what concerns the forgotten is known.
 * @param keys of people; undefined where the secret is not here: sealed fields are then judged by their placeholders
 */
export const censusOf = async (
  declared: Declared,
  raw: Pick<EventLog, 'head' | 'readAll'>,
  keys: PersonalKeys | undefined,
  { show, signal }: Pick<Parameters<TakeCensus>[0], 'show' | 'signal'>,
): Promise<Pick<Awaited<ReturnType<TakeCensus>>, 'rows' | 'faults' | 'closed'>> => {
  const counts = census(declared)
  const catalogue = declaredEvents()
  const head = await raw.head()
  let [after, read, closed] = [0n, 0, 0]
  while (after < head) {
    signal.throwIfAborted()
    const page = await raw.readAll({ after, limit: pageSize })
    const persons = page.events.map(({ data }) => sealedFor(data))
    const people = new Set(persons.filter((person) => person !== undefined))
    const states = keys && people.size > 0 ? await keys.keysOf([...people]) : new Map()
    const opened = keys
      ? await encryptingLog({ ...raw, readAll: async () => page } as EventLog, {
          catalogue,
          keys,
        }).readAll({ after, limit: pageSize })
      : page
    for (const [nth, { stream, type, data, position, metadata }] of opened.events.entries()) {
      if (position > head) break
      const person = persons[nth]
      if (person !== undefined && !keys) closed += 1
      counts.take({
        stream,
        type,
        version: metadata.schemaVersion,
        data: withoutSeal(data),
        // A key that is in no table was destroyed, or the log was moved without it: either way nobody can open the event.
        isForgotten: person !== undefined && keys !== undefined && !isOpen(states.get(person)),
      })
      read += 1
    }
    if (page.position <= after) break
    after = page.position
    show({ done: Number(after), total: Number(head), events: read })
  }
  const rows = counts.rows()
  return { rows, faults: rows.flatMap((row) => remedyFor(row, 'the log') ?? []), closed }
}

const openKeys = async (
  database: Database,
  secret: string,
  parts: AsyncDisposableStack,
): Promise<PersonalKeys> => {
  const keys = parts.adopt(
    await postgresPersonalKeys(database, { secret: secretsFrom(secret)('personal-keys') }),
    (it) => it.close(),
  )
  return {
    ...keys,
    keysOf: (...given) =>
      keys.keysOf(...given).catch((error: unknown) => {
        throw new Failed(messageOf(error), { cause: error })
      }),
  }
}

const isOpen = (state: unknown): boolean => state !== undefined && state !== 'destroyed'

const sampled = async (file: string): Promise<Awaited<ReturnType<TakeCensus>>> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failed(`${file} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  try {
    return { label: file, closed: 0, ...judgedSample(declaredHere(), text, file) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Failed(`${file} is no sample: each line must be JSON (${error.message}).`, {
      cause: error,
    })
  }
}

/** Takes the census of the log of this Agora, or of a sample. @param where its PostgreSQL */
export const censusHere =
  (where: Parameters<typeof postgresHere>[0], env: Env): TakeCensus =>
  async ({ sample, ...options }) => {
    if (sample !== undefined) return sampled(sample)
    await using parts = new AsyncDisposableStack()
    const database = await databaseHere(where, parts)
    const log = await recordedLogHere(env, database, parts)
    const secret = await secretHere(env, where.folder)
    const keys = secret ? await openKeys(database, secret, parts) : undefined
    const label = env.EVENTSTORE_URL ?? where.url
    return {
      label: label ? withoutPassword(label) : where.folder,
      ...(await censusOf(declaredHere(), log, keys, options)),
    }
  }
