import { BadUsage, Failed } from '../edges/cli/failure.ts'
import { recordInRuns } from '../edges/cli/record-in-runs.ts'
import type { OpenWholeLog } from '../edges/cli/whole-log.ts'
import { copyInto } from '../platform/storage/event-log/postgres-in-order.ts'
import { readTexts } from '../platform/storage/event-log/postgres-texts.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'
import { migrate } from '../platform/engines/postgres/migrate.ts'
import { checkNothingArchived } from './archives-here.ts'
import { eventStoreHere } from './log-here.ts'
import { external, holdsPostgres, postgresIn, type PostgresHere } from './postgres-here.ts'

type Opened = Awaited<ReturnType<OpenWholeLog>>

type Opening = Parameters<OpenWholeLog>[1] & {
  /** Called with a sentence while a migration waits. */
  readonly onWait?: (sentence: string) => void
}

const inPostgres = async (
  postgres: PostgresHere,
  label: string,
  { writes, onWait }: Opening,
): Promise<Opened> => {
  await using parts = new AsyncDisposableStack()
  parts.use(postgres)
  const database = parts.adopt(openDatabase(postgres.url, { connections: 4 }), (it) => it.close())
  if (writes) await migrate(database, { ...(onWait && { onWait }) })
  await checkNothingArchived(database)
  const log = parts.adopt(await postgresEventLog(database), (it) => it.close())
  await log.head()
  const everything = parts.move()
  const { recordInOrder, recordTexts, settle: flush } = copyInto(database)
  return {
    label,
    log,
    recordInOrder,
    texts: { read: (span) => readTexts(database, span), record: recordTexts },
    flush,
    batchSize: 2_000,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

const inEventStore = async (url: string, label: string): Promise<Opened> => {
  await using parts = new AsyncDisposableStack()
  const log = await eventStoreHere(url, parts)
  await log.head()
  const everything = parts.move()
  return {
    label,
    log,
    recordInOrder: recordInRuns(log),
    batchSize: 1_000,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

const inFolder = async (folder: string, opening: Opening): Promise<Opened> => {
  if (!opening.writes && !(await holdsPostgres(folder)))
    throw new Failed(`There is no log in ${folder}; use the data folder of an Agora, or a URL.`)
  return inPostgres(await postgresIn(folder), folder, opening)
}

/**
 * Opens a log by its name, unmasked.
 * @throws BadUsage when the name is not the name of a log
 * @throws Failed when the log does not exist or cannot be opened
 */
export const openWholeLog = async (name: string, opening: Opening): Promise<Opened> => {
  const label = withoutPassword(name)
  const open = (): Promise<Opened> | undefined => {
    if (/^postgres(ql)?:\/\//.test(name)) return inPostgres(external(name), label, opening)
    if (/^esdb(\+discover)?:\/\//.test(name)) return inEventStore(name, label)
    return name.includes('://') ? undefined : inFolder(name, opening)
  }
  try {
    const opened = await open()
    if (opened) return opened
  } catch (error) {
    if (error instanceof Failed || !(error instanceof Error)) throw error
    throw new Failed(
      `The log in ${label} cannot be opened: ${error.message.replaceAll(name, label)}. Check the name, and that Agora has been started on it.`,
      { cause: error },
    )
  }
  throw new BadUsage(
    `"${label}" is not a log, such as postgres://…, esdb://…, or the folder .agora.`,
  )
}
