import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  lchown,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import type { LaunchMode, Owner } from './launch-mode.ts'
import { stopLeftovers } from './leftovers.ts'

/** A PostgreSQL's data, and the password of its superuser `postgres`. They lie and move together. */
export type Cluster = { readonly data: string; readonly password: string }

const rootOf = (folder: string) => join(folder, 'postgres')
const dataOf = (root: string) => join(root, 'data')
const passwordOf = (root: string) => join(root, 'password')

/** Whom the data in a folder belongs to; nobody yet, when there is none. */
export const ownerOf = async (folder: string): Promise<Owner | undefined> => {
  const stats = await stat(dataOf(rootOf(folder))).catch(() => undefined)
  return stats && { uid: stats.uid, gid: stats.gid }
}

/** The data in a folder. @returns undefined when none has been made */
export const findCluster = async (folder: string): Promise<Cluster | undefined> => {
  const root = rootOf(folder)
  try {
    return { data: dataOf(root), password: await readFile(passwordOf(root), 'utf8') }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * The data in a folder, made if need be. What was interrupted before is thrown away and made anew: new data gets its
 * name only when it is complete and on disk. The caller must hold the folder.
 */
export const openCluster = async (folder: string, mode: LaunchMode): Promise<Cluster> => {
  const root = rootOf(folder)
  const found = await findCluster(folder)
  if (found) {
    await stopLeftovers(found.data)
    if ((await stat(found.data)).uid !== mode.owner.uid) await handOver(root, mode.owner)
    return found
  }
  const half = `${root}.new`
  await stopLeftovers(dataOf(half), { patience: 0 })
  await rm(half, { recursive: true, force: true })
  await mkdir(dataOf(half), { recursive: true, mode: 0o700 })
  await writeFile(passwordOf(half), randomBytes(24).toString('base64url'), {
    mode: 0o600,
    flush: true,
  })
  await handOver(half, mode.owner)
  await initialise(dataOf(half), mode)
  await syncFolder(half)
  await rename(half, root)
  await syncFolder(folder)
  return openCluster(folder, mode)
}

/** Makes the names in a folder durable. */
const syncFolder = async (path: string): Promise<void> => {
  const handle = await open(path)
  await handle.sync()
  await handle.close()
}

const initialise = async (data: string, mode: LaunchMode): Promise<void> => {
  const argument = mode.dataArgument(data)
  const args = [
    '--username=postgres',
    '--auth=scram-sha-256',
    // By way of the data, since not everyone can enter the folders above.
    `--pwfile=${argument}/../password`,
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    // Not the whole file system at once, which would wait for all that npm has just installed on it.
    '--sync-method=fsync',
    '-D',
    argument,
  ]
  const child = mode.start('initdb', args, data)
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0)
    throw new Error(`PostgreSQL's data could not be made (${mode.name}, ${code}): ${said.trim()}`)
}

/** Gives a folder and all in it to a user; itself last, so that an interruption shows. */
const handOver = async (root: string, owner: Owner): Promise<void> => {
  if (process.getuid?.() !== 0) {
    const { uid } = await stat(root)
    if (uid === owner.uid) return
    throw new Error(`${root} belongs to user ${uid}; start as that user, or as root`)
  }
  const entries = await readdir(root, { withFileTypes: true, recursive: true })
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  for (const path of paths.toReversed()) await lchown(path, owner.uid, owner.gid)
  await lchown(root, owner.uid, owner.gid)
}
