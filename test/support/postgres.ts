import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/postgres/database.ts'
import { migrate } from '../../src/platform/postgres/migrate.ts'

export type TestDatabase = AsyncDisposable & { readonly url: string; readonly database: Database }

/** A new, migrated database on the run's PostgreSQL, dropped when disposed of. */
export const freshDatabase = async (): Promise<TestDatabase> => {
  const server = openDatabase(inject('postgresUrl'), { connections: 1 })
  const name = `test_${randomBytes(6).toString('hex')}`
  await server.query(`CREATE DATABASE ${name}`)
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  const database = openDatabase(url.href)
  await migrate(database)
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
