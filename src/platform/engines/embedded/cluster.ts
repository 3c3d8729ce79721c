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

/** Data folder of a PostgreSQL, and the password of its superuser `postgres`. Both are in one folder and move together. */
export type Cluster = { readonly data: string; readonly password: string }

const rootOf = (folder: string) => join(folder, 'postgres')
const dataOf = (root: string) => join(root, 'data')
const passwordOf = (root: string) => join(root, 'password')

/** Owner of the data in a folder; undefined without data. */
export const ownerOf = async (folder: string): Promise<Owner | undefined> => {
  const stats = await stat(dataOf(rootOf(folder))).catch(() => undefined)
  return stats && { uid: stats.uid, gid: stats.gid }
}

/** Finds the data in a folder. @returns undefined without any */
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
 * Opens the data in a folder, and creates it if necessary. A creation that was interrupted is discarded and repeated: new data
 * gets its final name only when it is complete and on disk. The caller must hold the lock of the folder.
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
  await stopLeftovers(dataOf(half), { timeoutMs: 0 })
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
    // Relative to the data, since the user of PostgreSQL may have no access to the folders above.
    `--pwfile=${argument}/../password`,
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    // Not a sync of the whole file system, which would wait for all files that npm has just installed.
    '--sync-method=fsync',
    '-D',
    argument,
  ]
  const child = mode.start('initdb', args, data)
  let output = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0)
    throw new Error(
      `PostgreSQL's data could not be created (${mode.name}, ${code}): ${output.trim()}`,
    )
}

/** Changes the owner of a folder and its content; of the folder last, so that an interruption is detected. */
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
