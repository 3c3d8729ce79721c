import { readFile, rename, writeFile } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

/** The process that holds a folder, by its own record. */
export type Holder = {
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly since: string
  readonly command: string
}

/** Another process holds the folder. */
export class FolderHeld extends Error {
  override name = 'FolderHeld'
  readonly folder: string
  /** Undefined in the few ms between the lock and the holder's record. */
  readonly holder: Holder | undefined
  constructor(folder: string, holder: Holder | undefined) {
    const by = holder
      ? `process ${holder.pid} (${holder.command}) since ${holder.since}`
      : 'another process'
    super(`${folder} is in use by ${by}; stop it first, or set AGORA_DATA to another folder`)
    this.folder = folder
    this.holder = holder
  }
}

/** The lock of a folder. */
export type FolderLock = { readonly release: () => void }

/** SQLite result code "the database file is locked" (sqlite.org/rescode.html). */
const busy = 5

/** References to the locks that this process holds: the garbage collector would close an unreferenced database. */
const held = new Set<DatabaseSync>()

/**
 * Acquires the lock of a folder, until this process releases it or ends.
 *
 * The lock is the operating system's lock of an open file (fcntl), acquired through SQLite since Node has no call for it. It
 * ends with the process, so it is never stale, and unlike a process id in a file it cannot match a later process. It also
 * works between containers that share the folder.
 * @param options.timeoutMs time to wait for a holder that is about to end, in ms, default 1,000
 * @throws FolderHeld when another process holds it
 */
export const lockFolder = async (
  folder: string,
  { timeoutMs = 1_000 }: { readonly timeoutMs?: number } = {},
): Promise<FolderLock> => {
  const file = join(folder, 'lock')
  const record = join(folder, 'holder.json')
  // Only its owner can lock it. The file must never be opened except by SQLite: closing any handle would release the lock.
  createOnce(file)

  const deadline = Date.now() + timeoutMs
  let database: DatabaseSync | undefined
  while (!(database = take(file))) {
    if (Date.now() >= deadline) throw new FolderHeld(folder, await holderIn(record))
    await pause(20)
  }
  held.add(database)

  const holder: Holder = {
    pid: process.pid,
    since: new Date().toISOString(),
    command: process.argv.join(' '),
  }
  await writeFile(`${record}.new`, JSON.stringify(holder), { mode: 0o600 })
  await rename(`${record}.new`, record)

  return {
    release: () => {
      if (held.delete(database)) database.close()
    },
  }
}

const createOnce = (file: string): void => {
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const take = (file: string): DatabaseSync | undefined => {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== busy) throw error
    return undefined
  }
}

const holderIn = async (file: string): Promise<Holder | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}
