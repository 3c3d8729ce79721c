import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/engines/postgres/database.ts'

export type TestDatabase = AsyncDisposable & { readonly url: string; readonly database: Database }

/**
 * A new, migrated database on the run's PostgreSQL, dropped when disposed of.
 * @param options.template the database that is copied; default: one that is only migrated
 * @param options.waits whether commits there wait for the disk unless they say otherwise, as they do outside tests
 */
export const freshDatabase = async ({
  template = inject('postgresTemplate'),
  waits = false,
}: { readonly template?: string; readonly waits?: boolean } = {}): Promise<TestDatabase> => {
  const server = openDatabase(inject('postgresUrl'), { connections: 1 })
  const name = `test_${randomBytes(6).toString('hex')}`
  // Copying files is quick where they are small; the usual way writes all of it to the log of changes.
  await server.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`)
  if (waits) await server.query(`ALTER DATABASE ${name} SET synchronous_commit = on`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  const database = openDatabase(url.href)
  return {
    url: url.href,
    database,
    [Symbol.asyncDispose]: async () => {
      await database.close()
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await server.close()
    },
  }
}
