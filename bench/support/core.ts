import { catalogue, declarationOf, type AnyDecider, type AnySaga, type Catalogue } from '#kernel'
import { deciders } from '../../src/domains/index.ts'
import { validatingLog } from '../../src/platform/storage/event-log/validating-log.ts'
import type { EventLog } from '../../src/platform/storage/event-log/port.ts'
import { postgresEventLog } from '../../src/platform/storage/event-log/postgres.ts'
import { metrics } from '../../src/platform/observability/metrics/metrics.ts'
import type { Database } from '../../src/platform/engines/postgres/database.ts'
import { executor } from '../../src/runtime/execute.ts'
import { postgresSnapshots } from '../../src/platform/storage/snapshots/postgres.ts'
import { sagas as declareSagas } from '../../src/sagas/index.ts'

const sagas: readonly AnySaga[] = declareSagas({ orderTimeout: 15 * 60_000 })
const all: readonly AnyDecider[] = deciders

/** The log and the executor in this process, composed as in `app.ts`. */
export type Core = AsyncDisposable & {
  readonly log: EventLog
  readonly catalogue: Catalogue
  readonly sagas: readonly AnySaga[]
  /** Creates an executor with an empty cache. */
  readonly newExecutor: () => ReturnType<typeof executor>
}

/**
 * Composes a core.
 * @param database a migrated database
 * @param openLog opens the log. Default: in that database
 */
export const coreOf = async (
  database: Database,
  openLog: (database: Database) => Promise<EventLog> = postgresEventLog,
): Promise<Core> => {
  const counted = metrics()
  const events = catalogue([...all, ...sagas.map(declarationOf)])
  const log = counted.measured(validatingLog(await openLog(database), events))
  return {
    log,
    catalogue: events,
    sagas,
    newExecutor: () =>
      executor({
        log,
        snapshots: postgresSnapshots(database),
        catalogue: events,
        observed: counted.command,
      }),
    [Symbol.asyncDispose]: () => log.close(),
  }
}
