import { chmod, cp, lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hydrate, type Binaries } from './binaries.ts'

/**
 * Copies PostgreSQL's programs to a folder where they can be run, once for each version (60 MB); every user may run them.
 * @param place a folder such as `/var/tmp`; other users may be able to write there
 * @throws Error when the target exists and belongs to another user
 */
export const copyOf = async ({ folder, version }: Binaries, place: string): Promise<string> => {
  const target = join(place, `agora-postgresql-${version}-${process.arch}`)
  if (await isOurs(target)) return target
  const half = await mkdtemp(`${target}-`)
  try {
    await cp(folder, half, { recursive: true, verbatimSymlinks: true })
    await hydrate(half)
    await openToAll(half)
    await rename(half, target)
    return target
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    if (await isOurs(target)) return target // Another process was first.
    throw error
  }
}

/** Whether a copy exists that only this user can have written; programs of another user are not run. */
const isOurs = async (folder: string): Promise<boolean> => {
  const stats = await lstat(folder).catch(() => undefined)
  if (!stats) return false
  const writableByOthers = (stats.mode & 0o022) !== 0
  if (stats.isDirectory() && stats.uid === process.getuid?.() && !writableByOthers) return true
  throw new Error(`${folder} belongs to, or is writable by, another user`)
}

/** Makes the files in a folder readable and executable for every user: npm may have installed them under a strict umask. */
const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(path)
    else if (entry.isFile())
      await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}
