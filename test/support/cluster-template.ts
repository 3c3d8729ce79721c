import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { migrate } from '../../src/platform/engines/postgres/migrate.ts'
import { signInQuickly } from './quick-sign-in.ts'
import { roomyPlace } from './roomy-place.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A data folder with a migrated PostgreSQL that does not run: new ones are copies of it. */
    clusterTemplate: string
  }
}

/** Creates and migrates an embedded PostgreSQL once, which takes three times the CPU time of a start. */
export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(await roomyPlace(), 'agora-cluster-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const postgres = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
    await signInQuickly(postgres.url)
    const database = openDatabase(postgres.url, { connections: 1 })
    await migrate(database)
    await database.close()
    await postgres.stop()
    provide('clusterTemplate', folder)
    return remove
  } catch (error) {
    await remove()
    throw error
  }
}

/** Copies a PostgreSQL into a data folder that has none, so that a start there creates none. */
export const copyCluster = async (data: string): Promise<void> => {
  const isThere = await access(join(data, 'postgres')).then(
    () => true,
    () => false,
  )
  if (isThere) return
  await mkdir(data, { recursive: true })
  await promisify(execFile)('cp', ['-a', join(inject('clusterTemplate'), 'postgres'), data])
}
