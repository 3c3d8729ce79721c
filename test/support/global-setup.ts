import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL where tests may make databases of their own. */
    postgresUrl: string
  }
}

/**
 * Writes nothing to disk before it has to: hundreds of databases are made and dropped here. Tests of what survives a
 * crash of the machine would pass for nothing on it; those of durability start a PostgreSQL of their own.
 */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '400',
}

/**
 * Brings up one PostgreSQL for the whole run, in a temporary folder; or takes the one that TEST_POSTGRES_URL names.
 * Vitest calls what is returned when the run is over, however it went. Should it be killed, PostgreSQL ends by itself.
 */
export default async ({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const given = process.env.TEST_POSTGRES_URL
  if (given) {
    provide('postgresUrl', given)
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'agora-test-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const postgres = await startEmbeddedPostgres({ folder, settings })
    provide('postgresUrl', postgres.url)
    return async () => {
      await postgres.stop()
      await remove()
    }
  } catch (error) {
    await remove()
    throw error
  }
}
