import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { signInQuickly } from './quick-sign-in.ts'
import { roomyPlace } from './roomy-place.ts'
import { startOnce } from './started-template.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A data folder with a PostgreSQL that does not run, and on which Agora has run once: new ones are copies of it. */
    clusterTemplate: string
  }
}

/** Creates an embedded PostgreSQL and its read models once, which takes several times the CPU time of a later start. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(await roomyPlace(), 'agora-cluster-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const postgres = await startEmbeddedPostgres({ folder, settings: { fsync: 'off' } })
    await signInQuickly(postgres.url)
    await startOnce(postgres.url, project.getProvidedContext().agoraProgram)
    await postgres.stop()
    project.provide('clusterTemplate', folder)
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
