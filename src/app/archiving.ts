import type { AnyDecider } from '#kernel'
import { postgresArchives } from '../platform/storage/archives/postgres.ts'
import { archiveClosed } from '../runtime/archive-closed.ts'
import type { JobPorts } from '../serving/job-ports.ts'
import type { Stores } from './stores.ts'

/** Returns how closed streams of the log are archived by scheduled jobs, where it is in PostgreSQL. */
export const archiving = (
  deciders: readonly AnyDecider[],
  {
    database,
    followed,
    log,
    blobs,
    clock,
  }: Pick<Stores, 'database' | 'followed' | 'log' | 'blobs' | 'clock'>,
): Pick<JobPorts, 'closable' | 'archiveClosed'> => {
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
