import type { AnyDecider } from '#kernel'
import type { Database } from '../platform/engines/postgres/database.ts'
import { postgresArchives } from '../platform/storage/archives/postgres.ts'
import { archiveClosed } from '../runtime/archive-closed.ts'
import type { JobPorts } from '../serving/job-ports.ts'
import type { Stores } from './stores.ts'

/** Returns how closed streams of the log are archived by scheduled jobs, where it is in PostgreSQL. */
export const archiving = ({
  deciders,
  database,
  stores: { followed, log, blobs, clock },
}: {
  readonly deciders: readonly AnyDecider[]
  readonly database: Database
  readonly stores: Pick<Stores, 'followed' | 'log' | 'blobs' | 'clock'>
}): Pick<JobPorts, 'closable' | 'archiveClosed'> => {
  const archives = postgresArchives(database, blobs)
  return {
    closable: deciders.filter(({ closed }) => closed).map(({ name }) => name),
    ...(followed.own && {
      archiveClosed: (categories, signal) =>
        archiveClosed(
          { deciders, log, archives },
          { categories, signal, now: clock().toISOString() },
        ),
    }),
  }
}
